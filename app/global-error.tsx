'use client';
import './styles/index.css';

/** The last resort: not even the layout could be made, so this page is whole in itself. */
export default function GlobalError({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const number = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : null;
  return (
    <html lang="en">
      <body>
        <title>Baton cannot be reached</title>
        <div className="work">
          <main id="main" className="state">
            <h1>Baton cannot work right now</h1>
            <p>The database may be out of reach. Nothing was lost: running work goes on where it stopped.</p>
            <div className="acts">
              <button className="btn btn-primary" type="button" onClick={() => retry()}>
                Try again
              </button>
            </div>
            {number ? <p className="ref">The number of this error is {number}</p> : null}
          </main>
        </div>
      </body>
    </html>
  );
}
