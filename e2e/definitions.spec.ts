// A task definition is made and changed by keyboard alone.
import { expect } from 'playwright/test';
import { uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { tabTo } from './support/keyboard';

test('a definition is made, refused where it is wrong, and changed, without a mouse', async ({ as, colleague }) => {
  // Every stop of the keyboard on three pages.
  test.slow();
  const tenant = uniqueCustomer('keys').replace(' ', '-');
  const fay = await as(await colleague({ name: 'Fay Lind', tenant, roles: ['administrator'] }));
  const { keyboard } = fay;
  const box = (name: string | RegExp) => fay.getByRole('textbox', { name, exact: typeof name === 'string' });
  await visit(fay, '/admin/task-definitions');
  await tabTo(fay, fay.getByRole('link', { name: 'New definition' }));
  await keyboard.press('Enter');
  await expect(fay.getByRole('heading', { level: 1, name: 'New task definition' })).toBeVisible();

  // Sent from within a field: the first one that is wrong has the focus, and says why.
  await tabTo(fay, box('Task type'));
  await keyboard.type('Check stock');
  await keyboard.press('Enter');
  await expect(box('Task type')).toHaveAccessibleDescription(/small letters, digits and _/);
  await expect(box('Task type')).toBeFocused();
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('check_stock');
  await keyboard.press('Tab');
  await expect(box('Name'), 'the field after it').toBeFocused();
  await keyboard.type('Check of the stock');
  await keyboard.press('Tab');
  await expect(box(/^Description/)).toBeFocused();
  await keyboard.type('What is on the shelf?');
  const forms = fay.getByRole('combobox', { name: 'Form' });
  await tabTo(fay, forms);
  // By its first letters, as in every list.
  await keyboard.type('generic');
  await expect(forms).toHaveValue('system/generic-resolution-form');
  await tabTo(fay, box(/^Roles that may do it/));
  await keyboard.type('administrator, finance');
  // Told while it is written, and no reason to refuse it.
  const warning = fay.getByRole('status').filter({ hasText: 'Nobody has the role finance.' });
  await expect(warning).toContainText('reach those with the other roles alone');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('manager, finance');
  const nobody = fay.getByRole('status').filter({ hasText: 'Nobody has the roles manager and finance.' });
  await expect(nobody).toContainText('wait in the inbox of nobody');
  await expect(nobody.getByRole('link', { name: 'Members' })).toHaveAttribute('href', '/admin/members');
  const priority = fay.getByRole('combobox', { name: 'Priority' });
  await tabTo(fay, priority);
  await keyboard.press('ArrowDown');
  await expect(priority).toHaveValue('high');
  await tabTo(fay, box(/^Due/));
  await keyboard.type('soon');
  await tabTo(fay, fay.getByRole('button', { name: 'Create' }));
  await keyboard.press('Enter');
  await expect(box(/^Due/)).toHaveAccessibleDescription(/such as 2 days or 4 hours/);
  await expect(box(/^Due/)).toBeFocused();
  await expect(box(/^Description/), 'what was typed stays').toHaveValue('What is on the shelf?');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('2 days');
  await keyboard.press('Enter');
  await expect(fay.getByRole('heading', { level: 1, name: 'Check of the stock' })).toBeVisible();
  await expect(fay.getByRole('main')).toContainText('manager');
  await expect(nobody, 'also where it is read').toBeVisible();

  await tabTo(fay, fay.getByRole('link', { name: 'Edit' }));
  await keyboard.press('Enter');
  await expect(box('Task type')).toHaveValue('check_stock');
  await tabTo(fay, box('Name'));
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('Check of the shelf');
  await keyboard.press('Enter');
  await expect(fay.getByRole('heading', { level: 1, name: 'Check of the shelf' })).toBeVisible();
  for (const role of ['manager', 'finance']) await colleague({ name: `Holder of ${role}`, tenant, roles: [role] });
  await visit(fay, '/admin/task-definitions/own/check_stock');
  await expect(fay.getByRole('main')).toContainText('manager, finance');
  await expect(fay.getByText('Nobody has the role'), 'once somebody has them').toHaveCount(0);
  await visit(fay, '/admin/task-definitions');
  const own = fay.getByRole('region', { name: 'Your task definitions' });
  await tabTo(fay, own.getByRole('link', { name: 'Check of the shelf' }));
});
