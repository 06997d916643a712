/** A text whose numbers with a hyphen, such as `INV-0042`, never end a line at it. */
export function Unbroken({ text }: { readonly text: string }) {
  return text.split(/(\p{L}+-\p{Nd}+)/u).map((part, index) =>
    index % 2 === 1 ? (
      <span className="unbroken" key={index}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}
