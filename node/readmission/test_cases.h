// For tests: cases under a made-up treaty with clocks. By it a reply is due 240 hours after receipt, then the
// application is deemed accepted; 480 hours later it lapses, and 1,000 hours after that the case is closed.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "node/base/clock.h"
#include "tamga/v1/readmission_file.pb.h"

namespace tamga::readmission {

inline constexpr char kAgendaTreaty[] = R"text(id: "TEST-READMISSION"
version: 1
title: "A treaty for tests"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "KAZ" agencies: "KAZ/interior-ministry" }
parties { state: "KGZ" agencies: "KGZ/interior-ministry" }
articles { number: "1" summary: "Persons are taken back." }
articles { number: "2" summary: "In time." }
grants {
  id: "readmit"
  cites: "1"
  scope {
    record_kinds: RECORD_KIND_READMISSION
    operations: OPERATION_READMISSION_SUBMIT
    operations: OPERATION_READMISSION_REPLY
    operations: OPERATION_READMISSION_STEP
    purposes: PURPOSE_READMISSION
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
}
time_limits {
  id: "reply" cites: "2" clock: CASE_CLOCK_REPLY amount: 240 unit: TIME_UNIT_HOURS
  start: CLOCK_START_RECEIPT on_expiry: ON_EXPIRY_DEEMED_ACCEPTED
}
time_limits {
  id: "transfer" cites: "2" clock: CASE_CLOCK_TRANSFER amount: 480 unit: TIME_UNIT_HOURS
  start: CLOCK_START_REPLY on_expiry: ON_EXPIRY_LAPSE
}
time_limits {
  id: "closing" cites: "2" clock: CASE_CLOCK_CLOSING amount: 1000 unit: TIME_UNIT_HOURS
  start: CLOCK_START_END on_expiry: ON_EXPIRY_CLOSE
}
readmission {
  steps { kinds: READMISSION_STEP_KIND_SUBMIT kinds: READMISSION_STEP_KIND_VERIFY
          kinds: READMISSION_STEP_KIND_ACCEPT kinds: READMISSION_STEP_KIND_REFUSE cites: "1" }
  categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: "1" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "passport" cites: "1" }
}
)text";

inline constexpr absl::Duration kReplyTime = absl::Hours(240);
inline constexpr absl::Duration kTransferTime = absl::Hours(480);
inline constexpr absl::Duration kClosingTime = absl::Hours(1000);
inline constexpr char kAgendaOwn[] = "KAZ/interior-ministry";
inline constexpr char kAgendaPartner[] = "KGZ/interior-ministry";

// An own application that the partner received at `received_at`; no case that is stored.
inline v1::ReadmissionFile ReceivedCase(const std::string& case_id, absl::Time received_at,
                                        const std::string& treaty_sha256) {
  v1::ReadmissionFile file;
  file.set_case_id(case_id);
  file.set_requesting_agency(kAgendaOwn);
  file.set_requested_agency(kAgendaPartner);
  file.set_treaty_id("TEST-READMISSION");
  file.set_treaty_version(1);
  file.set_treaty_sha256(treaty_sha256);
  file.set_procedure(v1::READMISSION_PROCEDURE_NORMAL);
  file.mutable_application()->set_category(v1::PERSON_CATEGORY_OWN_NATIONAL);
  file.mutable_application()->set_born_at("Osh");
  v1::Evidence& evidence = *file.mutable_application()->add_evidence();
  evidence.set_tier(v1::EVIDENCE_TIER_NATIONALITY_PROOF);
  evidence.set_kind("passport");
  v1::FiledStep& first = *file.mutable_first();
  first.set_by_requesting(true);
  first.set_exchange_id(case_id);
  first.mutable_step()->set_case_id(case_id);
  first.mutable_step()->set_kind(v1::READMISSION_STEP_KIND_SUBMIT);
  first.mutable_step()->set_number(1);
  *first.mutable_step()->mutable_at() = ToProto(received_at - absl::Seconds(1));
  *file.mutable_received_at() = ToProto(received_at);
  *file.mutable_pinned_at() = ToProto(received_at);
  return file;
}

// The partner's steps: it looks into the case at `at`, and refuses a minute later.
inline void AddRefusal(absl::Time at, v1::ReadmissionFile* file) {
  for (const v1::ReadmissionStepKind kind : {v1::READMISSION_STEP_KIND_VERIFY, v1::READMISSION_STEP_KIND_REFUSE}) {
    const bool refuses = kind == v1::READMISSION_STEP_KIND_REFUSE;
    v1::FiledStep& filed = *file->add_steps();
    filed.set_exchange_id(file->case_id());
    v1::ReadmissionStep& step = *filed.mutable_step();
    step.set_case_id(file->case_id());
    step.set_kind(kind);
    step.set_number(refuses ? 2 : 1);
    step.set_seen(1);
    *step.mutable_at() = ToProto(refuses ? at + absl::Minutes(1) : at);
    if (!refuses) continue;
    step.set_refusal_code(v1::REFUSAL_CODE_NOT_IDENTIFIED);
    step.set_reasons("unknown at the address given");
  }
}

}  // namespace tamga::readmission
