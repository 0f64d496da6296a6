#include "policy/treaty_fixture.h"

#include <iostream>

#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "node/base/check.h"
#include "policy/day.h"

namespace tamga::policy {

std::string SmallTreaty() {
  return R"text(id: "SMALL"
version: 1
title: "A small treaty"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
parties { state: "AAA" in_force_from: "2020-01-01" agencies: "AAA/police" agencies: "AAA/border" }
parties { state: "BBB" in_force_from: "2020-01-01" in_force_until: "2030-01-01" agencies: "BBB/police" }
articles { number: "1" summary: "Allows." }
articles { number: "2(b)" summary: "Forbids." }
grants {
  id: "check"
  cites: "1"
  scope {
    askers: "AAA/police"
    record_kinds: RECORD_KIND_WATCHLIST
    operations: OPERATION_WATCHLIST_CHECK
    purposes: PURPOSE_BORDER_CHECK
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
  answer_within_days: 10
}
prohibitions {
  id: "asylum"
  cites: "2(b)"
  scope { operations: OPERATION_WATCHLIST_CHECK }
  when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }
}
)text";
}

std::string With(std::string text, absl::string_view from, absl::string_view to) {
  TAMGA_CHECK(absl::StrReplaceAll({{from, to}}, &text) == 1);
  return text;
}

TreatyDocument Document(absl::string_view text) {
  absl::StatusOr<TreatyDocument> document = ReadTreaty(text, "test.txtpb");
  if (!document.ok()) std::cerr << document.status() << std::endl;
  TAMGA_CHECK(document.ok());
  return *std::move(document);
}

TreatySet SetOf(const std::vector<std::string>& texts) {
  std::vector<TreatyDocument> documents;
  for (const std::string& text : texts) documents.push_back(Document(text));
  absl::StatusOr<TreatySet> set = TreatySet::Build(std::move(documents));
  TAMGA_CHECK(set.ok());
  return *std::move(set);
}

absl::Time Day(absl::string_view day) {
  const std::optional<absl::Time> start = ParseDay(day);
  TAMGA_CHECK(start.has_value());
  return *start + absl::Hours(12);
}

Question SmallQuestion() {
  return {.asker = "AAA/police",
          .answerer = "BBB/police",
          .record_kind = v1::RECORD_KIND_WATCHLIST,
          .operation = v1::OPERATION_WATCHLIST_CHECK,
          .purpose = v1::PURPOSE_BORDER_CHECK,
          .treaty_id = "",
          .facts = {{v1::ATTRIBUTE_ASYLUM_CLAIM_OPEN, v1::TERNARY_NO}}};
}

}  // namespace tamga::policy
