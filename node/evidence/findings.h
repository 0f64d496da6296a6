// What a check of evidence found: one line for each thing that could be shown.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamga::evidence {

enum class Verdict {
  kVerified,
  kContradicted,   // two things that cannot both be true, or one that is not what it claims to be
  kNotVerifiable,  // something is missing that would show it
  kNotWitnessed    // fewer witnesses cosigned it than the policy given asks for
};

struct Finding {
  std::string exchange_id;  // text form; empty: not about one exchange
  std::string what;         // "entry 42 of KAZ/border-service (SENT) is in its log"
  Verdict verdict = Verdict::kNotVerifiable;
  std::string why;  // empty where there is nothing to say

  friend bool operator==(const Finding&, const Finding&) = default;
};

// "verified", "contradicted", "not verifiable", "not witnessed".
absl::string_view NameOf(Verdict verdict);

// Collects what is found about one exchange, or about none.
class Findings {
 public:
  Findings(std::string exchange_id, std::vector<Finding>* all) : exchange_id_(std::move(exchange_id)), all_(*all) {}

  void Verified(std::string what, std::string why = "") { Add(std::move(what), Verdict::kVerified, std::move(why)); }
  void Contradicted(std::string what, std::string why) { Add(std::move(what), Verdict::kContradicted, std::move(why)); }
  void NotVerifiable(std::string what, std::string why) {
    Add(std::move(what), Verdict::kNotVerifiable, std::move(why));
  }
  void NotWitnessed(std::string what, std::string why) { Add(std::move(what), Verdict::kNotWitnessed, std::move(why)); }
  // Verified if the status is OK; contradicted otherwise.
  void Shown(std::string what, const absl::Status& status);
  // Verified if `holds`; contradicted, for this reason, otherwise.
  void Shown(std::string what, bool holds, absl::string_view otherwise);

 private:
  void Add(std::string what, Verdict verdict, std::string why) {
    all_.push_back({exchange_id_, std::move(what), verdict, std::move(why)});
  }

  const std::string exchange_id_;
  std::vector<Finding>& all_;
};

}  // namespace tamga::evidence
