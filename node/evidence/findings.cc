#include "node/evidence/findings.h"

#include <utility>

namespace tamga::evidence {

absl::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kVerified:
      return "verified";
    case Verdict::kContradicted:
      return "contradicted";
    case Verdict::kNotVerifiable:
      return "not verifiable";
    case Verdict::kNotWitnessed:
      return "not witnessed";
  }
  return "";
}

void Findings::Shown(std::string what, const absl::Status& status) {
  Shown(std::move(what), status.ok(), absl::string_view(status.message()));
}

void Findings::Shown(std::string what, bool holds, absl::string_view otherwise) {
  if (holds) {
    Verified(std::move(what));
  } else {
    Contradicted(std::move(what), std::string(otherwise));
  }
}

}  // namespace tamga::evidence
