/** The inbox before it is read: the same panes, so that nothing jumps. */
export function InboxSkeleton() {
  return (
    <main id="main" className="panes" aria-busy="true" aria-label="Loading the inbox">
      <div className="views">
        <div className="sk-rows">
          <span className="sk sk-60" />
          <span className="sk sk-75" />
          <span className="sk sk-45" />
        </div>
      </div>
      <div className="list">
        <div className="sk-rows">
          {['sk-60', 'sk-75', 'sk-45', 'sk-60', 'sk-75'].map((width, row) => (
            <div key={row}>
              <span className={`sk ${width}`} />
              <span className="sk sk-s" />
              <span className="sk sk-45" />
            </div>
          ))}
        </div>
      </div>
      <div className="detail">
        <div className="sheet">
          <div className="sk-rows">
            <span className="sk sk-t sk-60" />
            <span className="sk sk-45" />
            <span className="sk sk-90" />
            <span className="sk sk-75" />
            <span className="sk sk-60" />
          </div>
        </div>
      </div>
    </main>
  );
}
