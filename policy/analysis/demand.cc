#include "policy/analysis/demand.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/analysis/words.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

void SortAndUnite(std::vector<Demand>* demands) {
  std::sort(demands->begin(), demands->end());
  demands->erase(std::unique(demands->begin(), demands->end()), demands->end());
}

void AddRefusals(const v1::Disclosure& request, const v1::Disclosure& reply, std::vector<Demand>* demands) {
  if (request.on_excess() == v1::ON_EXCESS_REFUSE) demands->push_back({.kind = Demand::Kind::kRequestRefusesMore});
  if (reply.on_excess() == v1::ON_EXCESS_REFUSE) demands->push_back({.kind = Demand::Kind::kReplyRefusesMore});
}

// At most `a` in each window of `a_hours` keeps to at most a·⌈b_hours/a_hours⌉ in any window of `b_hours`, and bursts
// reach that.
bool QuotaImplies(uint64_t a, uint64_t a_hours, uint64_t b, uint64_t b_hours) {
  if (a_hours == 0 || b_hours == 0) return a_hours == b_hours && a <= b;
  return a * ((b_hours + a_hours - 1) / a_hours) <= b;
}

absl::string_view BearerText(v1::Bearer bearer) {
  switch (bearer) {
    case v1::BEARER_ASKER:
      return "the asking side";
    case v1::BEARER_ANSWERER:
      return "the answering side";
    default:
      return "nobody";
  }
}

std::string AmountText(const Demand& demand) {
  switch (demand.type) {
    case v1::OBLIGATION_TYPE_RETAIN_AT_MOST:
    case v1::OBLIGATION_TYPE_REPORT_USE:
      return absl::StrCat(" ", demand.amount, " days");
    case v1::OBLIGATION_TYPE_NOTIFY_WITHIN:
      return absl::StrCat(" ", demand.amount, " hours");
    case v1::OBLIGATION_TYPE_FOUR_EYES:
      return absl::StrCat(" ", demand.amount, " officers");
    case v1::OBLIGATION_TYPE_QUOTA:
      return absl::StrCat(" ", demand.amount, " exchanges in ", demand.window_hours, " hours");
    case v1::OBLIGATION_TYPE_VOLUME:
      return absl::StrCat(" ", demand.amount, " records");
    default:
      return "";
  }
}

}  // namespace

std::vector<Demand> DemandsOf(const v1::Obligation& obligation) {
  std::vector<Demand> demands;
  for (const v1::Bearer bearer : {v1::BEARER_ASKER, v1::BEARER_ANSWERER}) {
    if (obligation.bearer() != bearer && obligation.bearer() != v1::BEARER_BOTH) continue;
    if (obligation.type() != v1::OBLIGATION_TYPE_USE_ONLY_FOR) {
      demands.push_back({.type = obligation.type(),
                         .bearer = bearer,
                         .amount = obligation.amount(),
                         .window_hours = obligation.window_hours()});
      continue;
    }
    const auto* purposes = v1::Purpose_descriptor();
    for (int i = 0; i < purposes->value_count(); ++i) {
      const int purpose = purposes->value(i)->number();
      const auto& allowed = obligation.purposes();
      if (purpose == 0 || std::find(allowed.begin(), allowed.end(), purpose) != allowed.end()) continue;
      demands.push_back(
          {.kind = Demand::Kind::kNoUseFor, .bearer = bearer, .purpose = static_cast<v1::Purpose>(purpose)});
    }
  }
  SortAndUnite(&demands);
  return demands;
}

std::vector<Demand> DemandsOf(const v1::Grant& grant) {
  std::vector<Demand> demands;
  for (const v1::Obligation& obligation : grant.obligations()) {
    const std::vector<Demand> parts = DemandsOf(obligation);
    demands.insert(demands.end(), parts.begin(), parts.end());
  }
  if (grant.answer_within_days() != 0) {
    demands.push_back(
        {.kind = Demand::Kind::kAnswerWithin, .bearer = v1::BEARER_ANSWERER, .amount = grant.answer_within_days()});
  }
  AddRefusals(grant.request(), grant.reply(), &demands);
  SortAndUnite(&demands);
  return demands;
}

std::vector<Demand> DemandsOf(const v1::Ceiling& ceiling) {
  std::vector<Demand> demands;
  AddRefusals(ceiling.request(), ceiling.reply(), &demands);
  return demands;
}

bool Implies(const Demand& a, const Demand& b) {
  if (a.kind != b.kind || a.bearer != b.bearer || a.type != b.type || a.purpose != b.purpose) return false;
  if (a.kind == Demand::Kind::kAnswerWithin) return a.amount <= b.amount;
  switch (a.type) {
    case v1::OBLIGATION_TYPE_RETAIN_AT_MOST:
    case v1::OBLIGATION_TYPE_NOTIFY_WITHIN:
    case v1::OBLIGATION_TYPE_VOLUME:
    case v1::OBLIGATION_TYPE_REPORT_USE:
      return a.amount <= b.amount;
    case v1::OBLIGATION_TYPE_FOUR_EYES:
      return a.amount >= b.amount;
    case v1::OBLIGATION_TYPE_QUOTA:
      return QuotaImplies(a.amount, a.window_hours, b.amount, b.window_hours);
    default:
      return true;
  }
}

bool Imply(const std::vector<Demand>& demands, const std::vector<Demand>& others) {
  return std::all_of(others.begin(), others.end(), [&](const Demand& other) {
    return std::any_of(demands.begin(), demands.end(), [&](const Demand& demand) { return Implies(demand, other); });
  });
}

std::string ToText(const Demand& demand) {
  switch (demand.kind) {
    case Demand::Kind::kObligation:
      return absl::StrCat(BearerText(demand.bearer), ": ", NameOf(demand.type), AmountText(demand));
    case Demand::Kind::kNoUseFor:
      return absl::StrCat(BearerText(demand.bearer), ": no use for ", ShortName(demand.purpose));
    case Demand::Kind::kAnswerWithin:
      return absl::StrCat(BearerText(demand.bearer), ": answer within ", demand.amount, " days");
    case Demand::Kind::kRequestRefusesMore:
      return "a request that tells too much is refused whole";
    case Demand::Kind::kReplyRefusesMore:
      return "a reply that tells too much is refused whole";
  }
  return "";
}

}  // namespace tamga::policy::analysis
