import { Icon } from '@/components/ui/icons';

/** What is wrong with an answer, at the field; nothing when nothing is. */
export function FieldError({ id, message }: { readonly id: string; readonly message: string | undefined }) {
  if (!message) return null;
  return (
    <p className="err" id={id}>
      <Icon name="failed" />
      {message}
    </p>
  );
}
