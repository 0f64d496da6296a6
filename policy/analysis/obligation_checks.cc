// Obligations that nobody can bear or discharge.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "policy/analysis/report.h"
#include "policy/analysis/words.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

bool Counts(v1::ObligationType type) {
  return type != v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER && type != v1::OBLIGATION_TYPE_USE_ONLY_FOR &&
         type != v1::OBLIGATION_TYPE_HUMAN_REVIEW;
}

// Whether it is about what its bearer received.
bool IsAboutReceived(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_RETAIN_AT_MOST || type == v1::OBLIGATION_TYPE_NO_ONWARD_TRANSFER ||
         type == v1::OBLIGATION_TYPE_USE_ONLY_FOR || type == v1::OBLIGATION_TYPE_REPORT_USE;
}

// Whether the bearer, one of the two sides, is told anything under the grant.
bool Receives(const GrantRule& grant, v1::Bearer bearer) {
  const bool asker = grant.reply != 0;
  const bool answerer = grant.request != 0;
  if (bearer == v1::BEARER_ASKER) return asker;
  return bearer == v1::BEARER_ANSWERER ? answerer : asker || answerer;
}

// What is wrong with the obligation by itself; empty if nothing is.
std::string FaultOf(const v1::Obligation& obligation) {
  const std::string name = NameOf(obligation.type());
  if (obligation.type() == v1::OBLIGATION_TYPE_UNSPECIFIED || !v1::ObligationType_IsValid(obligation.type())) {
    return absl::StrCat("demands something that no node can discharge (", name, ")");
  }
  if (obligation.bearer() == v1::BEARER_UNSPECIFIED || !v1::Bearer_IsValid(obligation.bearer())) {
    return absl::StrCat("demands ", name, " of nobody");
  }
  if (Counts(obligation.type()) && obligation.amount() == 0) {
    return absl::StrCat("demands ", name, " with amount 0, which nobody can discharge");
  }
  if (obligation.type() == v1::OBLIGATION_TYPE_QUOTA && obligation.window_hours() == 0) {
    return "demands a QUOTA without a window in which to count";
  }
  if (obligation.type() == v1::OBLIGATION_TYPE_USE_ONLY_FOR && obligation.purposes().empty()) {
    return "demands USE_ONLY_FOR without a purpose, which leaves no use at all";
  }
  return "";
}

void CheckAlone(const Rule& rule, const v1::Obligation& obligation, absl::string_view what, Report* report) {
  const std::string fault = FaultOf(obligation);
  if (fault.empty()) return;
  report->Add(Severity::kError, Check::kObligationUnbearable, rule,
              absl::StrCat("The ", what, " ", rule.id, " ", fault, "."));
}

// Purposes that the demands bar for the bearer.
std::set<v1::Purpose> Barred(const std::vector<Demand>& demands, v1::Bearer bearer) {
  std::set<v1::Purpose> barred;
  for (const Demand& demand : demands) {
    if (demand.kind == Demand::Kind::kNoUseFor && demand.bearer == bearer) barred.insert(demand.purpose);
  }
  return barred;
}

// Whether every purpose for which the box lets ask is barred.
bool BarsAll(const Space& space, const Box& box, const std::set<v1::Purpose>& barred) {
  if (barred.empty()) return false;
  const std::vector<size_t> purposes = box.Values(space.purposes());
  return std::all_of(purposes.begin(), purposes.end(),
                     [&](size_t purpose) { return barred.count(space.PurposeAt(purpose)) > 0; });
}

void CheckGrant(const RuleBoxes& rules, const GrantRule& grant, Report* report) {
  for (const v1::Obligation& obligation : grant.source->obligations()) {
    CheckAlone(grant, obligation, "grant", report);
    if (IsAboutReceived(obligation.type()) && !Receives(grant, obligation.bearer())) {
      report->Add(Severity::kWarning, Check::kObligationUnbearable, grant,
                  absl::StrCat("The grant ", grant.id, " demands ", NameOf(obligation.type()),
                               " of a side that is told nothing."));
    }
  }
  if (IsEmpty(rules.space->layout(), grant.box)) return;
  for (const v1::Bearer bearer : {v1::BEARER_ASKER, v1::BEARER_ANSWERER}) {
    std::set<v1::Purpose> own = Barred(grant.demands, bearer);
    if (Receives(grant, bearer) && BarsAll(*rules.space, grant.box, own)) {
      report->Add(Severity::kError, Check::kObligationUnbearable, grant,
                  absl::StrCat("The grant ", grant.id,
                               " bars by USE_ONLY_FOR the use for every purpose for which it lets ask."),
                  rules.space->WitnessOf(grant.box));
      continue;
    }
    for (const DutyRule& duty : rules.duties) {
      std::set<v1::Purpose> barred = Barred(duty.demands, bearer);
      if (barred.empty() || !Receives(grant, bearer) || !Overlap(rules.space->layout(), grant.box, duty.box)) continue;
      barred.insert(own.begin(), own.end());
      const Box both = Meet(grant.box, duty.box);
      if (!BarsAll(*rules.space, both, barred)) continue;
      report->Add(Severity::kWarning, Check::kObligationUnbearable, grant,
                  absl::StrCat("What the grant ", grant.id, " tells may be used for nothing for which it lets ask, as ",
                               duty.document->id, " ", duty.id, " limits the use."),
                  rules.space->WitnessOf(both));
    }
  }
}

// A situation of the box in which the bearer's State is not bound by the rule's document.
std::optional<Point> UnboundBearer(const Space& space, const Rule& rule, Box box, v1::Bearer bearer) {
  for (const size_t pair : box.Values(space.pairs())) {
    const size_t side = bearer == v1::BEARER_ASKER ? space.AskerOf(pair) : space.AnswererOf(pair);
    if (rule.document->states.count(space.agencies()[side].state) > 0) box.Take(space.pairs(), pair);
  }
  if (IsEmpty(space.layout(), box)) return std::nullopt;
  return space.WitnessOf(box);
}

void CheckDuty(const RuleBoxes& rules, const DutyRule& duty, Report* report) {
  CheckAlone(duty, duty.source->obligation(), "duty", report);
  for (const v1::Bearer bearer : {v1::BEARER_ASKER, v1::BEARER_ANSWERER}) {
    if (duty.source->obligation().bearer() != bearer && duty.source->obligation().bearer() != v1::BEARER_BOTH) continue;
    for (const GrantRule& grant : rules.grants) {
      if (!Overlap(rules.space->layout(), grant.box, duty.box)) continue;
      const std::optional<Point> unbound = UnboundBearer(*rules.space, duty, Meet(grant.box, duty.box), bearer);
      if (!unbound.has_value()) continue;
      const std::string& agency = bearer == v1::BEARER_ASKER ? unbound->asker : unbound->answerer;
      report->Add(Severity::kWarning, Check::kObligationUnbearable, duty,
                  absl::StrCat("The duty ", duty.id, " lays ", NameOf(duty.source->obligation().type()), " on ", agency,
                               ", whose State the document does not bind."),
                  unbound);
      break;
    }
  }
}

}  // namespace

void CheckObligations(const RuleBoxes& rules, Report* report) {
  for (const GrantRule& grant : rules.grants) CheckGrant(rules, grant, report);
  for (const DutyRule& duty : rules.duties) CheckDuty(rules, duty, report);
}

}  // namespace tamga::policy::analysis
