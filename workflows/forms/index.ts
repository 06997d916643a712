import type { SystemForm } from '@/lib/forms/types';
import { didThisHappenForm } from './did-this-happen-form';
import { genericResolutionForm } from './generic-resolution-form';
import { invoiceReviewForm } from './invoice-review-form';
import { itemMappingErrorForm } from './item-mapping-error-form';
import { qboMappingErrorForm } from './qbo-mapping-error-form';
import { qboSyncErrorForm } from './qbo-sync-error-form';

/** Every form that ships with the product; stored as system form definitions when the database is set up. */
export const systemForms: readonly SystemForm[] = [
  invoiceReviewForm,
  genericResolutionForm,
  itemMappingErrorForm,
  qboMappingErrorForm,
  qboSyncErrorForm,
  didThisHappenForm,
];
