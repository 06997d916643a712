import { describe, expect, it } from 'vitest';
import { consoleGroups, placesOf } from './places';

const none = { executions: false, attachments: false, definitions: false, members: false, health: false };
const hrefs = (places: readonly { readonly href: string }[]) => places.map(({ href }) => href);

describe('the places of a person', () => {
  it('are those of work, and no console, for who works', () => {
    const places = placesOf({ sees: { work: true, newInvoice: true }, parts: none });
    expect(hrefs(places)).toEqual(['/inbox', '/invoices', '/invoices/new']);
  });

  it('are the permitted parts of the console alone for who belongs to no tenant', () => {
    const places = placesOf({
      sees: { work: false, newInvoice: false },
      parts: { ...none, definitions: true, health: true },
    });
    expect(hrefs(places)).toEqual(['/admin/task-definitions', '/admin/health']);
  });

  it('have no group without a place', () => {
    expect(consoleGroups({ ...none, members: true }).map(({ word }) => word)).toEqual(['People']);
  });
});
