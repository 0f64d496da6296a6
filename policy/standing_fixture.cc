#include "policy/standing_fixture.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "node/base/encoding.h"
#include "policy/day.h"
#include "policy/document_fixture.h"

namespace tamga::policy {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << std::endl;
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

std::string TextOf(absl::Time time) {
  const bool is_endless = time == absl::InfinitePast() || time == absl::InfiniteFuture();
  return is_endless ? "" : absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

std::string GrantText(absl::string_view article) {
  return absl::StrCat("grants { id: \"g", article, "\" cites: \"", article,
                      "\" scope { record_kinds: RECORD_KIND_READMISSION operations: OPERATION_READMISSION_SUBMIT "
                      "purposes: PURPOSE_READMISSION } request { level: DISCLOSURE_LEVEL_REFERENCE } "
                      "reply { level: DISCLOSURE_LEVEL_REFERENCE } }\n");
}

}  // namespace

std::string TextOf(const Spans& spans) {
  return absl::StrJoin(spans, " ", [](std::string* out, const Span& span) {
    absl::StrAppend(out, TextOf(span.from), "..", TextOf(span.until));
  });
}

absl::Time DayStart(absl::string_view day) {
  const std::optional<absl::Time> start = ParseDay(day);
  TAMGA_CHECK(start.has_value());
  return *start;
}

std::string World::Add(const TreatyPlan& plan) {
  std::string text = absl::StrCat("id: \"", plan.id, "\" version: ", plan.version, " title: \"A treaty\" citation: \"",
                                  plan.note, "\" text_status: TEXT_STATUS_OFFICIAL\n");
  if (!plan.previous.empty()) absl::StrAppend(&text, "previous_sha256: \"", plan.previous, "\"\n");
  if (!plan.expires_on.empty()) absl::StrAppend(&text, "expires_on: \"", plan.expires_on, "\"\n");
  for (const std::string& state : plan.states) {
    absl::StrAppend(&text, "parties { state: \"", state, "\" agencies: \"", state, "/police\"",
                    plan.states.size() == 1 ? absl::StrCat(" agencies: \"", state, "/border\"") : "", " }\n");
  }
  absl::StrAppend(&text, "entry_into_force { ", plan.entry, " }\n");
  for (const char* number : {"1", "2", "3"}) {
    absl::StrAppend(&text, "articles { number: \"", number, "\" summary: \"Says so.\" }\n");
  }
  absl::StrAppend(&text, GrantText("1"), GrantText("2"), "prohibitions { id: \"p\" cites: \"3\" }\n",
                  "readmission { categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: \"1\" } ",
                  "evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: \"passport\" cites: \"1\" } }\n");
  treaties.push_back(Must(ReadTreaty(text, absl::StrCat(plan.id, "-", plan.version))));
  return HexEncode(treaties.back().sha256);
}

std::string World::AddOverlay(absl::string_view state, uint32_t version, absl::string_view rules) {
  overlays.push_back(
      Must(ReadOverlay(absl::StrCat("id: \"", state, "-LAW\" version: ", version, " state: \"", state,
                                    "\" title: \"A law\" citation: \"Law 1\" text_status: TEXT_STATUS_OFFICIAL\n",
                                    "articles { number: \"9\" summary: \"Protects.\" }\nnarrowing { ", rules, " }\n"),
                       "law")));
  return HexEncode(overlays.back().sha256);
}

uint32_t World::Act(const std::string& state, absl::string_view day, absl::string_view act) {
  VerifiedAct verified;
  verified.state = state;
  verified.number = ++numbers_[state];
  verified.sha256 = HexEncode(Sha256(absl::StrCat(state, verified.number, act)));
  verified.instrument = Must(ReadInstrument(InstrumentText(state, day, act), "act"));
  acts.push_back(std::move(verified));
  return numbers_[state];
}

uint32_t World::Ratify(const std::string& state, absl::string_view day, const std::string& hash,
                       absl::string_view more) {
  std::string id = "NONE";
  for (const TreatyDocument& document : treaties) {
    if (HexEncode(document.sha256) == hash) id = document.treaty.id();
  }
  return Act(state, day, absl::StrCat("ratify { document { id: \"", id, "\" sha256: \"", hash, "\" } ", more, " }"));
}

World World::Without(const std::string& state, uint32_t number) const {
  World world = *this;
  std::erase_if(world.acts, [&](const VerifiedAct& act) { return act.state == state && act.number == number; });
  return world;
}

TreatyLaw LawOf(const PairLaw& law, absl::string_view hash) {
  for (const TreatyLaw& treaty : law.treaties) {
    if (hash.empty() || HexEncode(treaty.document->sha256) == hash) return treaty;
  }
  return {};
}

}  // namespace tamga::policy
