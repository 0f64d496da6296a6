// Asks a Cerbos server, which it starts: node cerbos.mjs CASES.json prints one line a case, "allow GRANTS -" or
// "deny - -": ids with commas.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

const BATCH = 200;
const { sets, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));

const work = mkdtempSync(join(tmpdir(), "cerbos-"));
const policies = join(work, "policies");
const socket = join(work, "http.sock");
mkdirSync(policies);

const versionOf = (set) => `s${set.replaceAll("-", "_")}`;
for (const [set, rules] of Object.entries(sets)) {
  const policy = {
    apiVersion: "api.cerbos.dev/v1",
    resourcePolicy: {
      resource: "exchange",
      version: versionOf(set),
      rules: rules.map(({ id, permits, operation, condition }) => ({
        actions: [operation],
        effect: permits ? "EFFECT_ALLOW" : "EFFECT_DENY",
        roles: ["*"],
        condition: { match: { expr: condition } },
        output: { when: { ruleActivated: JSON.stringify(id) } },
      })),
    },
  };
  if (rules.length > 0) writeFileSync(join(policies, `${versionOf(set)}.json`), JSON.stringify(policy));
}
// Sockets of its own instead of ports that something else may have.
writeFileSync(
  join(work, "config.json"),
  JSON.stringify({
    server: {
      httpListenAddr: `unix:${socket}`,
      grpcListenAddr: `unix:${join(work, "grpc.sock")}`,
      requestLimits: { maxResourcesPerRequest: BATCH, maxActionsPerResource: 1 },
    },
    storage: { driver: "disk", disk: { directory: policies, watchForChanges: false } },
    telemetry: { disabled: true },
  }),
);

const binary = createRequire(import.meta.url).resolve(`@cerbos/cerbos-linux-x64/cerbos-linux-x64`);
const server = spawn(binary, ["server", `--config=${join(work, "config.json")}`]);
const log = [];
createInterface(server.stdout).on("line", (line) => log.push(line));
createInterface(server.stderr).on("line", (line) => log.push(line));

const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const sent = request({ socketPath: socket, path, method, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`cerbos: ${response.statusCode} ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });

const serving = async () => {
  while (server.exitCode === null) {
    const health = await ask("GET", "/_cerbos/health").catch(() => undefined);
    if (health?.status === "SERVING") return;
    await pause(100);
  }
  throw new Error(`cerbos ended with ${server.exitCode}:\n${log.slice(-20).join("\n")}`);
};

const lineOf = ({ resource, actions, outputs = [] }, expected) => {
  if (resource.id !== String(expected)) throw new Error(`cerbos answered ${resource.id} for ${expected}`);
  const [effect] = Object.values(actions);
  if (effect !== "EFFECT_ALLOW") return "deny - -";
  return `allow ${outputs.map(({ val }) => val).sort().join(",")} -`;
};

try {
  await serving();
  const lines = [];
  for (let from = 0; from < cases.length; from += BATCH) {
    const resources = cases.slice(from, from + BATCH).map(({ set, operation, fields }, i) => ({
      actions: [operation],
      resource: { kind: "exchange", policyVersion: versionOf(set), id: String(from + i), attr: fields },
    }));
    const question = { principal: { id: "asker", roles: ["asker"] }, resources };
    const { results } = await ask("POST", "/api/check/resources", question);
    results.forEach((result, i) => lines.push(lineOf(result, from + i)));
  }
  process.stdout.write(lines.join("\n") + "\n");
} finally {
  server.kill();
  rmSync(work, { recursive: true, force: true });
}
