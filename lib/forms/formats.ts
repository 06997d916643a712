/** The `format`s that forms know, one definition for both validators. Anything else in `format` is not checked. */

const MAX_LENGTH = 2048;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))?$/i;
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_{|}~-]+@([a-z0-9-]+\.)+[a-z0-9-]{2,}$/i;
const HOST_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const COLOR = /^#([0-9a-f]{3}){1,2}$/i;

export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  email: (text) => text.length <= 254 && EMAIL.test(text),
  uri: (text) => isUri(text),
  hostname: (text) =>
    text.length <= 253 && text.split('.').every((label) => label.length <= 63 && HOST_LABEL.test(label)),
  ipv4: (text) => text.split('.').length === 4 && text.split('.').every(isByte),
  uuid: (text) => UUID.test(text),
  color: (text) => COLOR.test(text),
};

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const last = Number(month) === 2 && !isLeap ? 28 : (DAYS[Number(month) - 1] ?? 0);
  return Number(day) >= 1 && Number(day) <= last;
}

function isTime(text: string): boolean {
  const [, hour, minute, second = '0', offsetHour = '0', offsetMinute = '0'] = TIME.exec(text) ?? [];
  const isOffset = Number(offsetHour) < 24 && Number(offsetMinute) < 60;
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 61 && isOffset;
}

function isDateTime(text: string): boolean {
  const [date, time, ...rest] = text.split(/t/i);
  return date !== undefined && time !== undefined && rest.length === 0 && isDate(date) && isZonedTime(time);
}

function isZonedTime(text: string): boolean {
  return /(z|[+-]\d{2}:\d{2})$/i.test(text) && /^\d{2}:\d{2}:\d{2}/.test(text) && isTime(text);
}

function isUri(text: string): boolean {
  return text.length <= MAX_LENGTH && /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(text) && URL.canParse(text);
}

function isByte(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) < 256;
}
