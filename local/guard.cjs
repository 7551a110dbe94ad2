// The rule of guard.py in front of every HTTP server of a Node program: `node --require .../guard.cjs`.
"use strict";

const http = require("node:http");

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

function isRefused({ host = "", origin, "sec-fetch-site": site = "none" }) {
  const name = host.replace(/:\d+$/, "");
  if (!LOOPBACK.has(name) && !name.endsWith(".localhost")) return true;
  return origin === undefined ? site === "cross-site" || site === "same-site" : origin !== `http://${host}`;
}

const { emit } = http.Server.prototype;
http.Server.prototype.emit = function (event, request, response, ...rest) {
  if (event === "request" && isRefused(request.headers)) {
    response.writeHead(403, { "Content-Type": "text/plain" }).end("Refused: not a request of this page.\n");
    return true;
  }
  return emit.call(this, event, request, response, ...rest);
};
