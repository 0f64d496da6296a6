// Asks Cedar: node cedar.mjs CASES.json prints one line a case, "allow|deny DECIDING ERRING": ids with commas, "-" if
// there are none. With --bench it prints instead how long the decisions took, policies parsed before.
import { readFileSync } from "node:fs";
import { preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";

const { sets, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));

const must = (answer, what) => {
  if (answer.type !== "success") throw new Error(`${what}: ${JSON.stringify(answer.errors)}`);
  return answer;
};

const policyOf = ({ permits, operation, condition }) =>
  `${permits ? "permit" : "forbid"}(principal, action == Action::"${operation}", resource) when { ${condition} };`;

// Parsing a set gets slower with each that is kept, so few are: cases come law after law, each with a few sets.
const kept = new Map();
const keep = (set) => {
  const slot = set.slice(set.indexOf("-"));
  if (kept.get(slot) !== set) {
    const policies = Object.fromEntries(sets[set].map((rule) => [rule.id, policyOf(rule)]));
    must(preparsePolicySet(slot, { staticPolicies: policies }), `policy set ${set}`);
    kept.set(slot, set);
  }
  return slot;
};

const list = (ids) => (ids.length === 0 ? "-" : ids.sort().join(","));

const isBench = process.argv[3] === "--bench";
const nanoseconds = [];

const decide = (question) => {
  const start = process.hrtime.bigint();
  const answer = statefulIsAuthorized(question);
  nanoseconds.push(Number(process.hrtime.bigint() - start));
  return answer;
};

const lines = cases.map(({ set, operation, fields }, number) => {
  const { response } = must(
    decide({
      principal: { type: "Agency", id: fields.asker },
      action: { type: "Action", id: operation },
      resource: { type: "Agency", id: fields.answerer },
      context: fields,
      preparsedPolicySetId: keep(set),
      entities: [],
    }),
    `case ${number}`,
  );
  const { reason, errors } = response.diagnostics;
  for (const { policyId, error } of errors) {
    // Any other error would be one of the export, and must not pass for a fact that is not known.
    if (!/does not have the attribute `[A-Z_]+__L[1-4]`/.test(error.message)) {
      throw new Error(`case ${number}, ${policyId}: ${error.message}`);
    }
  }
  return `${response.decision} ${list(reason)} ${list(errors.map(({ policyId }) => policyId))}`;
});
if (isBench) {
  nanoseconds.sort((a, b) => a - b);
  const at = (share) => (nanoseconds[Math.floor(share * (nanoseconds.length - 1))] / 1000).toFixed(2);
  lines.splice(0, lines.length, `cedar-wasm n=${nanoseconds.length} p50=${at(0.5)} us p99=${at(0.99)} us`);
}
process.stdout.write(lines.join("\n") + "\n");
