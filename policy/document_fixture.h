// Small documents of every kind that the tests of this folder share.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace tamga::policy {

// Each is valid. A treaty SMALL between AAA and BBB with one rule of each kind: grant "check", prohibition "asylum",
// ceiling "minors", duty "keep", invariant "never".
std::string TreatyText();
// A law of AAA, "AAA-LAW".
std::string OverlayText();
// AAA narrows SMALL, as "no-refugees".
std::string ReservationText();
std::string SuiteText();
// AAA's, with two keys that must both sign.
std::string OfficeText();

// An instrument of `state` from `day` on that does `act`, such as "denounce { treaty_id: \"SMALL\" }".
std::string InstrumentText(absl::string_view state, absl::string_view day, absl::string_view act);

// So many digits that look like a hash.
std::string SomeHash(char digit = 'a');

// `text` with the only occurrence of `from` replaced.
std::string Changed(std::string text, absl::string_view from, absl::string_view to);

}  // namespace tamga::policy
