#include "policy/standing.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/pair_force.h"
#include "policy/spans.h"

namespace tamga::policy {
namespace {

struct Pair {
  const std::string& a;
  const std::string& b;

  bool Holds(absl::string_view state) const { return state == a || state == b; }
  // The other one than `state`, which is one of the two.
  const std::string& Other(absl::string_view state) const { return state == a ? b : a; }
};

template <typename List>
bool Lists(const List& list, absl::string_view sought) {
  return std::find(list.begin(), list.end(), sought) != list.end();
}

// Takes grants away: of the whole version, or of single articles that it has.
class Withdrawals {
 public:
  explicit Withdrawals(const v1::Treaty& treaty) : treaty_(treaty) {}

  void Whole(const Spans& spans) { whole_ = Unite(whole_, spans); }
  void Article(const std::string& number, const Spans& spans) {
    const bool is_there = std::any_of(treaty_.articles().begin(), treaty_.articles().end(),
                                      [&](const v1::Article& article) { return article.number() == number; });
    if (is_there && !spans.empty()) articles_[number] = Unite(articles_[number], spans);
  }
  template <typename List>
  void Articles(const List& numbers, const Spans& spans) {
    for (const std::string& number : numbers) Article(number, spans);
  }

  const Spans& whole() const { return whole_; }
  const std::map<std::string, Spans>& articles() const { return articles_; }

 private:
  const v1::Treaty& treaty_;
  Spans whole_;
  std::map<std::string, Spans> articles_;
};

void AddSuspensions(const Fold& fold, const std::string& treaty_id, const Pair& pair, Withdrawals* withdrawals) {
  for (const Suspension& suspension : fold.suspensions) {
    const v1::Suspend& suspend = suspension.act->instrument.suspend();
    const std::string& state = suspension.act->state;
    if (suspend.treaty_id() != treaty_id || !pair.Holds(state)) continue;
    if (!suspend.towards().empty() && !Lists(suspend.towards(), pair.Other(state))) continue;
    if (suspend.articles().empty()) withdrawals->Whole(suspension.spans);
    withdrawals->Articles(suspend.articles(), suspension.spans);
  }
}

template <typename Rules>
void AddCited(const Rules& rules, const Spans& spans, Withdrawals* withdrawals) {
  for (const auto& rule : rules) withdrawals->Articles(rule.cites(), spans);
}

// An objection removes the provision that was reserved: it is not law between the two in its narrowed form either.
void AddObjections(const Fold& fold, const VerifiedAct& reservation, const Pair& pair, Withdrawals* withdrawals) {
  const v1::Reserve& reserve = reservation.instrument.reserve();
  for (const Objection& objection : fold.objections) {
    const v1::Object& object = objection.act->instrument.object();
    const bool is_between = pair.Holds(objection.act->state) && pair.Other(objection.act->state) == reservation.state;
    if (!is_between || object.to_state() != reservation.state || object.reservation_id() != reserve.id() ||
        object.treaty_id() != reserve.treaty_id()) {
      continue;
    }
    if (object.opposes_entry_into_force()) withdrawals->Whole(objection.spans);
    AddCited(reserve.narrowing().prohibitions(), objection.spans, withdrawals);
    AddCited(reserve.narrowing().ceilings(), objection.spans, withdrawals);
    AddCited(reserve.narrowing().duties(), objection.spans, withdrawals);
  }
}

void AddReservations(const Fold& fold, const std::string& treaty_id, const Pair& pair, Withdrawals* withdrawals) {
  for (const Reservation& reservation : fold.reservations) {
    const v1::Reserve& reserve = reservation.act->instrument.reserve();
    if (reserve.treaty_id() != treaty_id || !pair.Holds(reservation.act->state)) continue;
    withdrawals->Articles(reserve.excluded_articles(), reservation.spans);
    AddObjections(fold, *reservation.act, pair, withdrawals);
  }
}

// Competent authorities of a State under a version: those that the version names, then those of the State's acts since
// it ratified that text. A later act has the last word on every day from its own on.
std::vector<Authorities> AuthoritiesOf(const Fold& fold, const Version& version, const std::string& state) {
  const v1::Treaty& treaty = version.document->treaty;
  std::vector<Authorities> authorities;
  for (const v1::Party& party : treaty.parties()) {
    if (party.state() == state) authorities.push_back({Span(), {party.agencies().begin(), party.agencies().end()}});
  }
  const auto consents = version.consents.find(state);
  if (authorities.empty() || consents == version.consents.end()) return authorities;
  const uint32_t ratified = consents->second.front().ratification->number;
  for (const VerifiedAct* act : fold.authority_changes) {
    const v1::ChangeAuthorities& change = act->instrument.change_authorities();
    if (act->state != state || act->number < ratified || change.treaty_id() != treaty.id()) continue;
    const absl::Time from = EffectiveOn(*act);
    while (!authorities.empty() && authorities.back().span.from >= from) authorities.pop_back();
    if (!authorities.empty()) authorities.back().span.until = from;
    authorities.push_back({Span{from, absl::InfiniteFuture()}, {change.agencies().begin(), change.agencies().end()}});
  }
  return authorities;
}

TreatyLaw LawOf(const Fold& fold, const Version& version, const Pair& pair) {
  const v1::Treaty& treaty = version.document->treaty;
  Withdrawals withdrawals(treaty);
  AddSuspensions(fold, treaty.id(), pair, &withdrawals);
  AddReservations(fold, treaty.id(), pair, &withdrawals);

  TreatyLaw law;
  law.document = version.document;
  law.grants = Subtract(InForceBetween(version, pair.a, pair.b), ReplacedBetween(version, pair.a, pair.b));
  law.grants = Subtract(Subtract(law.grants, ExpiredSpans(version)), withdrawals.whole());
  law.withdrawn = withdrawals.articles();
  law.asker_bound = HeldTowards(version, pair.a, pair.b);
  law.answerer_bound = HeldTowards(version, pair.b, pair.a);
  law.asker_authorities = AuthoritiesOf(fold, version, pair.a);
  law.answerer_authorities = AuthoritiesOf(fold, version, pair.b);
  return law;
}

bool HasRules(const v1::Narrowing& rules) {
  return rules.prohibitions_size() + rules.ceilings_size() + rules.duties_size() > 0;
}

std::vector<NarrowingLaw> NarrowingsOf(const Fold& fold, const Pair& pair) {
  std::vector<NarrowingLaw> narrowings;
  for (const Adoption& adoption : fold.adoptions) {
    const v1::Overlay& overlay = adoption.document->overlay;
    if (!pair.Holds(adoption.state) || adoption.spans.empty() || !HasRules(overlay.narrowing())) continue;
    narrowings.push_back({&overlay.narrowing(), adoption.spans, "", overlay.id()});
  }
  for (const Reservation& reservation : fold.reservations) {
    const v1::Reserve& reserve = reservation.act->instrument.reserve();
    const std::string& state = reservation.act->state;
    if (!pair.Holds(state) || reservation.spans.empty() || !HasRules(reserve.narrowing())) continue;
    narrowings.push_back({&reserve.narrowing(), reservation.spans, reserve.treaty_id(),
                          absl::StrCat("reservation of ", state, " to ", reserve.treaty_id())});
  }
  return narrowings;
}

std::vector<VerifiedAct> Sorted(std::vector<VerifiedAct> acts) {
  std::sort(acts.begin(), acts.end(), [](const VerifiedAct& a, const VerifiedAct& b) {
    return std::tie(a.state, a.number) < std::tie(b.state, b.number);
  });
  return acts;
}

std::vector<OverlayDocument> Sorted(std::vector<OverlayDocument> overlays) {
  std::sort(overlays.begin(), overlays.end(),
            [](const OverlayDocument& a, const OverlayDocument& b) { return a.sha256 < b.sha256; });
  return overlays;
}

}  // namespace

Standing::Standing(std::vector<TreatyDocument> treaties, std::vector<OverlayDocument> overlays,
                   std::vector<VerifiedAct> acts)
    : treaties_(std::move(treaties)),
      overlays_(Sorted(std::move(overlays))),
      acts_(Sorted(std::move(acts))),
      fold_(FoldActs(treaties_, overlays_, acts_)),
      digests_(std::make_unique<DigestMemory>()) {}

PairLaw Standing::LawBetween(const std::string& asker, const std::string& answerer) const {
  const Pair pair{asker, answerer};
  PairLaw law{asker, answerer, {}, NarrowingsOf(fold_, pair)};
  for (const Version& version : fold_.versions) {
    if (!version.consents.empty()) law.treaties.push_back(LawOf(fold_, version, pair));
  }
  return law;
}

std::vector<std::string> Standing::States() const {
  std::set<std::string> states;
  for (const Version& version : fold_.versions) {
    if (version.consents.empty()) continue;
    for (const v1::Party& party : version.document->treaty.parties()) states.insert(party.state());
  }
  return {states.begin(), states.end()};
}

std::vector<const TreatyDocument*> Standing::Treaties() const {
  std::vector<const TreatyDocument*> documents;
  for (const Version& version : fold_.versions) documents.push_back(version.document);
  return documents;
}

}  // namespace tamga::policy
