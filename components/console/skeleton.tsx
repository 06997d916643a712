/** A table of the console before it is read: rows of the same height. */
export function ConsoleSkeleton() {
  return (
    <div className="sk-table" role="status" aria-label="Loading">
      {['sk-60', 'sk-45', 'sk-75', 'sk-60', 'sk-45', 'sk-75', 'sk-60', 'sk-45'].map((width, row) => (
        <div key={row}>
          <span className="sk sk-s" />
          <span className={`sk ${width}`} />
          <span className="sk sk-s" />
        </div>
      ))}
    </div>
  );
}
