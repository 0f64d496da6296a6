// For tests: a transit operation on two nodes without doors, under a treaty with round limits.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/base/status_macros.h"
#include "node/transit/transit_filing.h"
#include "policy/calendars.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::transit {

inline constexpr char kAsking[] = "KAZ/interior-ministry";
inline constexpr char kAsked[] = "KGZ/interior-ministry";
inline constexpr char kTransitId[] = "01970000-0000-7000-8000-000000000001";

// Monday, 2026-01-05, 00:00 UTC.
inline absl::Time TransitStart() { return absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone()); }

// 10 hours to reply, after which follows what is said; a consent is good for 12.
inline v1::Treaty MakeTransitTreaty(v1::OnExpiry silence = v1::ON_EXPIRY_LATE) {
  v1::Treaty treaty;
  treaty.set_id("TRANSIT-TEST");
  treaty.set_version(1);
  v1::Grant& grant = *treaty.add_grants();
  grant.add_cites("13");
  grant.mutable_scope()->add_operations(v1::OPERATION_READMISSION_TRANSIT_SUBMIT);
  grant.mutable_scope()->add_operations(v1::OPERATION_READMISSION_TRANSIT_STEP);
  const auto add_limit = [&treaty](const char* id, v1::CaseClock clock, uint32_t hours, v1::OnExpiry on_expiry) {
    v1::TimeLimit& limit = *treaty.add_time_limits();
    limit.set_id(id);
    limit.add_cites("14");
    limit.set_clock(clock);
    limit.set_amount(hours);
    limit.set_unit(v1::TIME_UNIT_HOURS);
    limit.set_on_expiry(on_expiry);
  };
  add_limit("transit-reply", v1::CASE_CLOCK_TRANSIT_REPLY, 10, silence);
  add_limit("transit-consent", v1::CASE_CLOCK_TRANSIT_CONSENT, 12, v1::ON_EXPIRY_LAPSE);
  return treaty;
}

inline v1::TransitApplication MakeTransitApplication() {
  v1::TransitApplication application;
  application.add_names()->set_surname("SPECIMEN");
  application.mutable_born_on()->set_year(1990);
  application.set_sex("M");
  application.add_nationalities("UZB");
  v1::TravelDocument& document = *application.add_documents();
  document.set_kind("passport");
  document.set_number("AA0000001");
  document.set_issuing_state("UZB");
  application.set_destination_state("UZB");
  application.set_entry_point("Korday");
  application.set_exit_point("Dostuk");
  *application.mutable_enters_at() = ToProto(TransitStart() + absl::Hours(200));
  application.set_means("road");
  application.add_escorts()->mutable_name()->set_surname("Asanov");
  application.set_no_direct_way(true);
  application.set_onward_travel_assured(true);
  application.set_admission_assured(true);
  application.set_no_refusal_ground_known(true);
  return application;
}

// A step with particulars that are in order.
inline v1::TransitStep MakeTransitStep(v1::TransitStepKind kind) {
  v1::TransitStep step;
  step.set_case_id(kTransitId);
  step.set_kind(kind);
  if (kind == v1::TRANSIT_STEP_KIND_REFUSE || kind == v1::TRANSIT_STEP_KIND_REVOKE) {
    step.set_refusal_code(v1::TRANSIT_REFUSAL_CODE_PUBLIC_ORDER);
    step.set_reasons("there is a warrant");
  }
  return step;
}

// Both sides' files of one operation. Side true is the requesting one.
class TransitPair {
 public:
  // Applied for at TransitStart(), received one second later, which both sides know.
  explicit TransitPair(const v1::Treaty& treaty = MakeTransitTreaty())
      : kept_(std::make_shared<std::pair<v1::Treaty, policy::Calendars>>(treaty, policy::Calendars())),
        law_{kept_, &kept_->first, &kept_->second} {
    v1::TransitFile file;
    file.set_case_id(kTransitId);
    file.set_requesting_agency(kAsking);
    file.set_requested_agency(kAsked);
    *file.mutable_application() = MakeTransitApplication();
    files_[false] =
        OpenFile(file, law_, TransitStart(), {"exchange-0", TransitStart(), {}}, TransitStart() + absl::Seconds(1))
            .value();
    files_[true] = file;
    TAMGA_CHECK(Take(true, v1::TRANSIT_STEP_KIND_SUBMIT, TransitStart()).ok());
    v1::TransitReceived received;
    *received.mutable_received_at() = files_[false].received_at();
    if (files_[false].has_told_reply_due_at()) {
      *received.mutable_reply_due_at() = files_[false].told_reply_due_at();
    }
    SettleFirst(received, &files_[true]);
  }

  // The side takes a step, of which the other does not learn yet.
  absl::Status Take(bool side, v1::TransitStepKind kind, absl::Time at) {
    const readmission::StepCarrier carrier{absl::StrCat("exchange-", side ? "a" : "b", next_exchange_++), at, {}};
    ASSIGN_OR_RETURN(files_[side], AddOwnStep(files_[side], law_, Agency(side), MakeTransitStep(kind), carrier, at));
    return absl::OkStatus();
  }

  // The other side learns of what waits, and the answers come back.
  absl::Status Deliver(bool side, absl::Time now) {
    for (int i = 0; i < files_[side].steps_size(); ++i) {
      const v1::FiledTransitStep filed = files_[side].steps(i);
      if (filed.by_requesting() != side || filed.delivery() != v1::DELIVERY_STATE_QUEUED) continue;
      ASSIGN_OR_RETURN(const FiledTransit there,
                       FileStep(files_[!side], law_, Agency(!side), filed.step(), {filed.exchange_id(), now, {}}, now));
      files_[!side] = there.file;
      TAMGA_CHECK(SettleStep(law_, Agency(side), filed.exchange_id(), there.recorded, now, &files_[side]));
    }
    return absl::OkStatus();
  }

  // Takes it, and the other side learns of it at once.
  absl::Status Do(bool side, v1::TransitStepKind kind, absl::Time at) {
    RETURN_IF_ERROR(Take(side, kind, at));
    return Deliver(side, at);
  }

  v1::TransitCase View(bool side, absl::Time now) const { return FoldTransit(files_[side], law_, Agency(side), now); }
  v1::TransitFile& file(bool side) { return files_[side]; }
  const readmission::CaseLaw& law() const { return law_; }
  static std::string Agency(bool side) { return side ? kAsking : kAsked; }

 private:
  std::shared_ptr<const std::pair<v1::Treaty, policy::Calendars>> kept_;
  readmission::CaseLaw law_;
  v1::TransitFile files_[2];
  int next_exchange_ = 0;
};

// The history as both sides must tell it.
inline std::string TransitHistory(const v1::TransitCase& record) {
  std::string text;
  for (v1::TransitEvent event : record.history()) {
    event.clear_delivery();
    event.clear_exchange_id();
    absl::StrAppend(&text, event.ShortDebugString(), "\n");
  }
  return text;
}

}  // namespace tamga::transit
