/** What tells that an approved invoice is to be booked: `{ invoiceId }`. */
export const bookingEventType = 'INVOICE_BOOKING_REQUESTED';

/** So many invoices are sent by one request. */
export const mostBookedAtOnce = 100;
