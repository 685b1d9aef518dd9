// The pages of `dist/` in front of a hub that was built with others: BEDRAIL_PAGES=dist. The API is passed on as it is.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves on a free port of this machine; gives its URL and how to stop it. */
export function pagesBefore(hub) {
  const { hostname, port } = new URL(hub);
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url, hub);
    if (!pathname.startsWith("/api/")) return file(res, pathname);
    const { method, url: path, headers } = req;
    const on = request({ hostname, port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    on.on("error", () => res.destroy());
    res.on("close", () => on.destroy());
    return req.pipe(on);
  });
  return new Promise((ready) =>
    server.listen(0, "127.0.0.1", () =>
      ready({
        url: `http://127.0.0.1:${server.address().port}`,
        stop() {
          server.closeAllConnections();
          server.close();
        },
      }),
    ),
  );
}

function file(res, pathname) {
  const wanted = join(DIST, normalize(pathname).replace(/^(\.\.[/\\])+/, ""));
  const found = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, "index.html");
  const type = TYPES[extname(found)] ?? "application/octet-stream";
  res.writeHead(200, { "content-type": type, "content-security-policy": POLICY });
  return res.end(readFileSync(found));
}
