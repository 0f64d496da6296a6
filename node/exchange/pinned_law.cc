#include "node/exchange/pinned_law.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tamga::exchange {
namespace {

absl::Time BeginningOfDay(absl::Time time) {
  return absl::FromCivil(absl::ToCivilDay(time, absl::UTCTimeZone()), absl::UTCTimeZone());
}

}  // namespace

absl::Time LawAsOf(const std::map<v1::Operation, OperationHandler*>& handlers, const v1::MessageHeader& header,
                   const std::string& body) {
  const auto handler = handlers.find(header.operation());
  return handler == handlers.end() ? absl::InfiniteFuture() : handler->second->LawAsOf(header, body);
}

PinnedDecision DecideAsOf(const policy::TreatySet& treaties, const policy::Question& question, policy::Stage stage,
                          absl::Time now, absl::Time law_as_of) {
  policy::Decision current = treaties.Decide(question, stage, now);
  if (law_as_of >= now || current.reason == "FORBIDDEN" || current.reason == "FACT_UNKNOWN") {
    return {std::move(current), now};
  }
  policy::Decision pinned = treaties.Decide(question, stage, law_as_of);
  if (!pinned.permitted) {
    // Acts have days and no hours: one of the day on which the case began came after it, since it did begin. Noon of
    // the day before, because what a clock may be off narrows what was in force.
    const absl::Time before = BeginningOfDay(law_as_of) - absl::Hours(12);
    if (policy::Decision earlier = treaties.Decide(question, stage, before); earlier.permitted) {
      pinned = std::move(earlier);
      law_as_of = before;
    }
  }
  if (!pinned.permitted || !current.may_be_forbidden) return {std::move(pinned), law_as_of};
  // No grant of now serves, so the decision of now names that, and not the prohibition that waits for a fact.
  policy::Decision denied;
  denied.reason = "FACT_UNKNOWN";
  denied.treaty_id = pinned.treaty_id;
  denied.treaty_sha256 = pinned.treaty_sha256;
  denied.may_be_told = false;
  denied.explanation = absl::StrCat("a prohibition that holds now turns on a fact that is not known; ",
                                    pinned.treaty_id, " permitted this when the case began");
  return {std::move(denied), now};
}

}  // namespace tamga::exchange
