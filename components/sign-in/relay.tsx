/** The product in one picture: software works, a person decides, software goes on. */
export function Relay() {
  return (
    <figure
      className="relay"
      aria-label="An invoice on its way: checked by software, decided by Mia, then booked by software."
    >
      <svg role="img" aria-label="Timeline of one invoice: 2 seconds of work, 3 hours with Mia, then it is booked">
        <defs>
          <pattern id="relay-person" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="7" height="7" fill="var(--person-soft)" />
            <rect width="2.6" height="7" fill="var(--person-mark)" />
          </pattern>
        </defs>
        <rect x="0" y="38" width="22%" height="24" rx="7" fill="var(--done-mark)" />
        <svg x="22%" y="38" width="7%" overflow="visible">
          <svg x="50%" overflow="visible">
            <path
              d="M-11 12h4l3-6 5 12 4-12 2 6h4"
              fill="none"
              stroke="var(--quiet-mark)"
              strokeWidth="1.5"
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          </svg>
        </svg>
        <rect x="29%" y="38" width="50%" height="24" rx="7" fill="url(#relay-person)" stroke="var(--person-mark)" />
        <rect x="80.5%" y="38" width="19.5%" height="24" rx="7" fill="var(--done-mark)" />
        <text x="0" y="22">
          Checked
        </text>
        <text x="0" y="86" className="d">
          software, 2 s
        </text>
        <text x="29%" y="22">
          Decided by Mia
        </text>
        <text x="29%" y="86" className="d">
          a person, 3 h 12 min
        </text>
        <text x="80.5%" y="22">
          Booked
        </text>
        <text x="80.5%" y="86" className="d">
          software, 1 s
        </text>
      </svg>
    </figure>
  );
}
