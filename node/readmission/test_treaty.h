// For tests: a made-up treaty that knows every step of a case.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tamga::readmission {

inline constexpr char kTestTreatyId[] = "TEST-TREATY";

// Persons of the requested State, proven by passport, are taken back: 25 days to reply, 60 if extended, then deemed
// accepted; 90 days to transfer; one month to claim an error; closed 30 days after the end.
inline std::string TestTreatyText() {
  return R"text(id: "TEST-TREATY"
version: 1
title: "A treaty for tests"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "KAZ" agencies: "KAZ/interior-ministry" }
parties { state: "KGZ" agencies: "KGZ/interior-ministry" }
articles { number: "1" summary: "Persons are taken back." }
grants {
  id: "cases"
  cites: "1"
  scope {
    record_kinds: RECORD_KIND_READMISSION
    operations: OPERATION_READMISSION_SUBMIT
    operations: OPERATION_READMISSION_REPLY
    operations: OPERATION_READMISSION_NOTIFY
    operations: OPERATION_READMISSION_STEP
    operations: OPERATION_READMISSION_TRAVEL_DOCUMENT
    operations: OPERATION_READMISSION_TRANSFER
    purposes: PURPOSE_READMISSION
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
}
time_limits {
  id: "reply" cites: "1" clock: CASE_CLOCK_REPLY amount: 25 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_RECEIPT time_zone: "Asia/Bishkek" on_expiry: ON_EXPIRY_DEEMED_ACCEPTED
}
time_limits {
  id: "extended-reply" cites: "1" clock: CASE_CLOCK_EXTENDED_REPLY amount: 60 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_RECEIPT time_zone: "Asia/Bishkek" on_expiry: ON_EXPIRY_DEEMED_ACCEPTED
}
time_limits {
  id: "transfer" cites: "1" clock: CASE_CLOCK_TRANSFER amount: 90 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_REPLY time_zone: "Asia/Almaty" on_expiry: ON_EXPIRY_LAPSE
}
time_limits {
  id: "error-claim" cites: "1" clock: CASE_CLOCK_ERROR_CLAIM amount: 1 unit: TIME_UNIT_MONTHS
  start: CLOCK_START_HAND_OVER time_zone: "Asia/Almaty" on_expiry: ON_EXPIRY_BAR
}
time_limits {
  id: "closing" cites: "1" clock: CASE_CLOCK_CLOSING amount: 30 unit: TIME_UNIT_CALENDAR_DAYS
  start: CLOCK_START_END time_zone: "Asia/Almaty" on_expiry: ON_EXPIRY_CLOSE
}
readmission {
  steps {
    kinds: READMISSION_STEP_KIND_NOTIFY
    kinds: READMISSION_STEP_KIND_SUBMIT
    kinds: READMISSION_STEP_KIND_RECEIVE
    kinds: READMISSION_STEP_KIND_RETURN_INCOMPLETE
    kinds: READMISSION_STEP_KIND_RESUBMIT
    kinds: READMISSION_STEP_KIND_VERIFY
    kinds: READMISSION_STEP_KIND_ASK_INTERVIEW
    kinds: READMISSION_STEP_KIND_REPORT_INTERVIEW
    kinds: READMISSION_STEP_KIND_EXTEND
    kinds: READMISSION_STEP_KIND_ACCEPT
    kinds: READMISSION_STEP_KIND_REFUSE
    kinds: READMISSION_STEP_KIND_DEEM_ACCEPTED
    kinds: READMISSION_STEP_KIND_ASK_TRAVEL_DOCUMENT
    kinds: READMISSION_STEP_KIND_ISSUE_TRAVEL_DOCUMENT
    kinds: READMISSION_STEP_KIND_PROPOSE_TRANSFER
    kinds: READMISSION_STEP_KIND_AGREE_TRANSFER
    kinds: READMISSION_STEP_KIND_EXTEND_TRANSFER
    kinds: READMISSION_STEP_KIND_HAND_OVER
    kinds: READMISSION_STEP_KIND_TAKE_OVER
    kinds: READMISSION_STEP_KIND_CLAIM_ERROR
    kinds: READMISSION_STEP_KIND_TAKE_BACK
    kinds: READMISSION_STEP_KIND_WITHDRAW
    kinds: READMISSION_STEP_KIND_HOLD
    kinds: READMISSION_STEP_KIND_RELEASE
    kinds: READMISSION_STEP_KIND_LAPSE
    kinds: READMISSION_STEP_KIND_CLOSE
    cites: "1"
  }
  categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: "1" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "passport" cites: "1" }
}
)text";
}

// The next version: another title, and a reply within 10 days. `previous_sha256`: of the first version, in lower-case
// hex.
inline std::string AmendedTestTreatyText(const std::string& previous_sha256) {
  return absl::StrReplaceAll(
      TestTreatyText(), {{"version: 1\n", absl::StrCat("version: 2\nprevious_sha256: \"", previous_sha256, "\"\n")},
                         {"amount: 25", "amount: 10"}});
}

}  // namespace tamga::readmission
