"""The demo in the browser: the real bot over HTTP against the sandbox, and a page that shows all sides of it."""
