#include "node/cli/error_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/error.h"
#include "node/cli/display_text.h"
#include "node/cli/exit_code.h"

namespace tamga::cli {
namespace {

struct Hint {
  absl::string_view reason;
  absl::string_view next;
};

constexpr Hint kHints[] = {
    {"USAGE", "see `tamga --help`, or --help after any command"},
    {"NO_PROFILE", "give --profile FILE or set TAMGA_PROFILE; `tamga node profile` writes one"},
    {"FILE_EXISTS", "choose another place, or see --help for how to replace what is there"},
    {"NO_GRANT", "see what the treaties allow: `tamga treaty explain`"},
    {"FORBIDDEN", "see which article forbids it: `tamga treaty explain`"},
    {"FACT_UNKNOWN", "find out the fact that is named and state it"},
    {"TREATY_UNKNOWN", "list the treaties of the node: `tamga treaty list`"},
    {"TREATY_NOT_IN_FORCE", "list the treaties of the node: `tamga treaty list`"},
    {"WRONG_ROLE", "use a profile whose certificate has the role that is named"},
    {"UNKNOWN_AGENCY", "ask the node's operator to name your agency in the configuration"},
    {"OVERLOADED", "the node is busy; try again in a moment"},
    {"TOO_MANY_CALLS", "ask again when a call of your agency has ended"},
    {"COMPARISON_RUNNING", "a comparison with this partner is running; ask again when it has ended"},
    {"TAIL_TOO_SLOW", "go on with --from-index one above the last entry"},
    {"LOG_ROLLED_BACK", "tell the node's operator, who has to restore the log"},
    {"PARTNER_LOG_CONTRADICTED", "tell the node's operator, to whom `tamga audit witnesses` shows what is wrong"},
    {"LOG_FAULT", "keep the output, do not restart the node, and tell the operator and the other parties' auditors"},
    {"LOG_CONTRADICTED",
     "keep what `tamga --output json audit witnesses` prints, and tell the operator and the witnesses' auditors"},
    {"NOT_WITNESSED", "see who did not cosign and why: `tamga audit witnesses`; ask the operators"},
    {"OTHER_LOG", "each agency publishes its key as log.vkey; see which log the node has: `tamga audit checkpoint`"},
    {"COPY_FAULT",
     "keep the files as they are; get them again from the node to see whether they or the log were changed"},
    {"OUTPUT_LOST", "what was printed is not all of it; look at what the command did before you repeat it"},
    {"SERIAL_UNKNOWN",
     "if the issuing key signed it elsewhere (`tamga pki` off-line), or before the authority's database began, give "
     "--not-issued-here"},
    {"CERT_EXPIRED", "have a new certificate issued: `tamga pki`; `tamga pki show FILE` tells until when one is good"},
};

std::string NextStep(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  for (const Hint& hint : kHints) {
    if (hint.reason == reason) return std::string(hint.next);
  }
  if (ExitCodeOf(status) != kUnreachable) return "";
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    return "the node may still be at work: ask for the result before you repeat, or give a longer --timeout";
  }
  return "check that the node runs, and in the profile its address, its agency, the roots of its State and your "
         "certificate; a node that refuses a certificate just closes the connection, and its own log says why";
}

}  // namespace

std::string ErrorText(const absl::Status& status) {
  std::string text = absl::StrCat("tamga: ", DisplayLines(status.message()), "\n");
  if (const std::string reason = ReasonOf(status); !reason.empty()) {
    absl::StrAppend(&text, "  reason: ", DisplayText(reason), "\n");
  }
  for (const auto& [key, value] : MetadataOf(status)) {
    if (key == "missing") continue;  // for programs: the message says the same in sentences
    absl::StrAppend(&text, "  ", DisplayText(key), ": ", DisplayText(value), "\n");
  }
  if (const std::string next = NextStep(status); !next.empty()) absl::StrAppend(&text, "  next: ", next, "\n");
  return text;
}

}  // namespace tamga::cli
