// tamga pki verify: the strict verifier for outside suites.
#include <istream>
#include <string>
#include <vector>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/cli/limbo_case.h"
#include "node/cli/limbo_verdict.h"
#include "node/cli/pki_parts.h"

namespace tamga::cli {
namespace {

absl::StatusOr<std::string> ReadAll(std::istream& in) {
  std::string text;
  std::vector<char> buffer(64 << 10);
  while (in.good()) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    text.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > kMaxLimboBytes) return InvalidField("stdin", "is larger than 64 MiB; give the cases in parts");
  }
  return text;
}

absl::Status Verify(Environment& environment) {
  ASSIGN_OR_RETURN(const std::string text, ReadAll(environment.in));
  ASSIGN_OR_RETURN(const std::vector<ReadCase> cases, ReadLimboCases(text));
  for (const ReadCase& one : cases) {
    const absl::Status verdict =
        one.content.ok() ? JudgeLimboCase(*one.content, environment.clock.Now()) : one.content.status();
    environment.out << LimboLine(one.id, verdict) << '\n';
  }
  return absl::OkStatus();
}

}  // namespace

void AddPkiVerify(const Command& pki) {
  const Command command =
      pki.Add("verify", "Judge certificate paths from stdin, in the JSON form of x509-limbo: a line of JSON for each");
  command.Run(Verify);
}

}  // namespace tamga::cli
