/** A person's initials on a tint that stays the same for the same name. */
export function Avatar({ name, large = false }: { readonly name: string; readonly large?: boolean }) {
  return (
    <span className={`av h-${hueOf(name)}${large ? ' av-l' : ''}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

/** First letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return `${first.charAt(0)}${last ? last.charAt(0) : first.charAt(1)}`.toUpperCase();
}

function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 5 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}

/** "Mia" of "Mia Rossi": how people speak of each other in running text. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
