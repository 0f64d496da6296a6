#include "policy/document_fixture.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/check.h"

namespace tamga::policy {

std::string TreatyText() {
  return R"text(id: "SMALL"
version: 1
title: "A small treaty"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
parties { state: "AAA" agencies: "AAA/police" agencies: "AAA/border" }
parties { state: "BBB" agencies: "BBB/police" }
entry_into_force { rule: ENTRY_RULE_ALL_PARTIES delay_days: 30 denunciation_days: 90 }
articles { number: "1" summary: "Allows." }
articles { number: "2(b)" summary: "Forbids." }
articles { number: "3" summary: "Limits and demands." }
grants {
  id: "check"
  cites: "1"
  scope {
    askers: "AAA/police"
    record_kinds: RECORD_KIND_WATCHLIST
    operations: OPERATION_WATCHLIST_CHECK
    purposes: PURPOSE_BORDER_CHECK
  }
  when { attribute: ATTRIBUTE_CALLER_ROLE any_of: "OFFICER" any_of: "SYSTEM" }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
  answer_within_days: 10
  obligations { type: OBLIGATION_TYPE_QUOTA bearer: BEARER_ASKER amount: 100 window_hours: 24 }
}
prohibitions {
  id: "asylum"
  cites: "2(b)"
  scope { operations: OPERATION_WATCHLIST_CHECK }
  when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }
}
ceilings {
  id: "minors"
  cites: "3"
  when { attribute: ATTRIBUTE_AGE at_least: 0 at_most: 17 }
  reply { level: DISCLOSURE_LEVEL_HIT_NO_HIT }
}
duties {
  id: "keep"
  cites: "3"
  obligation { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_BOTH amount: 365 }
}
invariants {
  id: "never"
  cites: "2(b)"
  scope { record_kinds: RECORD_KIND_TRAFFICKING }
}
)text";
}

std::string OverlayText() {
  return R"text(id: "AAA-LAW"
version: 1
state: "AAA"
title: "A law"
citation: "Law 1 of 2020"
text_status: TEXT_STATUS_OFFICIAL
articles { number: "9" summary: "Protects." }
narrowing {
  duties {
    id: "erase"
    cites: "9"
    obligation { type: OBLIGATION_TYPE_RETAIN_AT_MOST bearer: BEARER_ASKER amount: 30 }
  }
}
)text";
}

std::string ReservationText() {
  return InstrumentText("AAA", "2021-01-01", R"text(reserve {
  id: "no-refugees"
  treaty_id: "SMALL"
  excluded_articles: "1"
  narrowing {
    prohibitions {
      id: "refugees"
      cites: "1"
      scope { askers: "BBB" }
      when { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN is: TERNARY_YES }
    }
  }
})text");
}

std::string SuiteText() {
  return R"text(treaties: "SMALL"
cases {
  name: "A check is allowed"
  on: "2024-06-01"
  asker: "AAA/police"
  answerer: "BBB/police"
  record_kind: RECORD_KIND_WATCHLIST
  operation: OPERATION_WATCHLIST_CHECK
  purpose: PURPOSE_BORDER_CHECK
  facts { attribute: ATTRIBUTE_ASYLUM_CLAIM_OPEN flag: TERNARY_NO }
  facts { attribute: ATTRIBUTE_AGE number: 40 }
  facts { attribute: ATTRIBUTE_CALLER_ROLE choice: "OFFICER" provenance: PROVENANCE_AUTHENTICATED }
  stage: EXCHANGE_STAGE_REPLY_EGRESS
  expect { reason: "PERMITTED" articles: "1" reply: DISCLOSURE_LEVEL_REFERENCE }
}
)text";
}

std::string OfficeText() {
  return absl::StrCat("state: \"AAA\"\nkeys: \"", SomeHash('1'), "\"\nkeys: \"", SomeHash('2'), "\"\nthreshold: 2\n");
}

std::string InstrumentText(absl::string_view state, absl::string_view day, absl::string_view act) {
  return absl::StrCat("state: \"", state, "\"\neffective_on: \"", day, "\"\ncitation: \"Gazette 1\"\n", act, "\n");
}

std::string SomeHash(char digit) { return std::string(64, digit); }

std::string Changed(std::string text, absl::string_view from, absl::string_view to) {
  const int count = absl::StrReplaceAll({{from, to}}, &text);
  if (count != 1) std::cerr << "stands there " << count << " times: " << from << std::endl;
  TAMGA_CHECK(count == 1);
  return text;
}

}  // namespace tamga::policy
