// A small world of treaties and acts for tests of what is in force.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/standing.h"

namespace tamga::policy {

// "2020-01-31..2030-01-01 2031-01-01.."; "" for never. The first day without the instant is left out on either side
// where it is without end.
std::string TextOf(const Spans& spans);

// The first instant of the day, UTC.
absl::Time DayStart(absl::string_view day);

// A treaty between States with an agency "police" each, with articles 1 and 2, a grant "g1" and "g2" under each, and a
// prohibition "p" under article 3.
struct TreatyPlan {
  std::string id = "T";
  uint32_t version = 1;
  std::string previous = {};  // hexadecimal
  std::vector<std::string> states = {"AAA", "BBB"};
  std::string entry = "rule: ENTRY_RULE_ALL_PARTIES delay_days: 30 denunciation_days: 90";
  std::string expires_on = {};
  std::string note = "As signed.";  // what tells rivals apart
};

class World {
 public:
  // Each returns the hash of the document, hexadecimal.
  std::string Add(const TreatyPlan& plan);
  std::string AddOverlay(absl::string_view state, uint32_t version, absl::string_view rules);

  // The State's next act. The number in its register.
  uint32_t Act(const std::string& state, absl::string_view day, absl::string_view act);
  uint32_t Ratify(const std::string& state, absl::string_view day, const std::string& hash,
                  absl::string_view more = "");
  // All but its act with that number.
  World Without(const std::string& state, uint32_t number) const;

  Standing Fold() const { return Standing(treaties, overlays, acts); }

  std::vector<TreatyDocument> treaties;
  std::vector<OverlayDocument> overlays;
  std::vector<VerifiedAct> acts;

 private:
  std::map<std::string, uint32_t> numbers_;
};

// The law of the version with that hash, or of the only one; an empty one if nobody ratified it.
TreatyLaw LawOf(const PairLaw& law, absl::string_view hash = "");

}  // namespace tamga::policy
