// The law between two States compiled for deciding: the rules by who asks what for which purpose. Immutable; any number
// of threads may decide by it.
//
// A rule stands in the index once for every combination of what it lists. What it does not list, it holds for all of:
// that is looked up as such, and not multiplied out, so that the index grows with the texts and with nothing else.
// Neither do the times at which a rule is bound multiply it: they are looked at when deciding.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "policy/rules.h"

namespace tamga::policy {

// Rules that list the same, each list by treaty, then by id.
struct Bucket {
  std::vector<const GrantRule*> grants;
  std::vector<const ProhibitionRule*> prohibitions;
  std::vector<const CeilingRule*> ceilings;
  std::vector<const DutyRule*> duties;
};

// All buckets with rules that may say something to a question.
using Buckets = absl::InlinedVector<const Bucket*, 4>;

class View {
 public:
  // `skew`: how far the clocks of two nodes may be apart. Within it around the day on which a rule begins or ends,
  // nothing is granted that is not granted on both sides of that day, and all is forbidden that is on either.
  View(PairLaw law, absl::Duration skew);
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const PairLaw& law() const { return law_; }

  AgencyNumber Asker(absl::string_view agency) const { return NumberOf(askers_, agency); }
  AgencyNumber Answerer(absl::string_view agency) const { return NumberOf(answerers_, agency); }

  // "KAZ/border-service or KAZ/interior-ministry"; of the asking or of the answering side.
  std::string NamesOf(const AgencyScope& scope, bool asking) const;

  // Those that hold for the question whatever the time. Empty if no rule can ever say anything.
  Buckets Find(AgencyNumber asker, v1::RecordKind record_kind, v1::Operation operation, v1::Purpose purpose) const;

  // All that ever are law between the two, whatever the time; for explanations.
  const std::deque<GrantRule>& grants() const { return grants_; }

 private:
  using Numbers = absl::flat_hash_map<std::string, AgencyNumber>;

  static AgencyNumber NumberOf(const Numbers& numbers, absl::string_view agency);
  static AgencyNumber Add(absl::string_view agency, Numbers* numbers);

  AgencyScope ScopeOf(const google::protobuf::RepeatedPtrField<std::string>& listed, const std::string& state,
                      Numbers* numbers);
  AgencyScope Competent(const AgencyScope& listed, const std::vector<std::string>& authorities, Numbers* numbers);
  template <typename RuleType, typename Source>
  RuleType MakeRule(const Source& source, const TreatyLaw* treaty, const NarrowingLaw* narrowing);
  void AddGrants(const TreatyLaw& treaty, absl::Duration skew);
  template <typename Source>
  void AddNarrowing(const Source& source, const TreatyLaw* treaty, const NarrowingLaw* narrowing,
                    const Spans* request_spans, const Spans* reply_spans);
  const Spans* Keep(Spans spans);
  void SortRules();
  template <typename RuleType>
  void Index(const std::deque<RuleType>& rules, std::vector<const RuleType*> Bucket::*list);

  PairLaw law_;
  Numbers askers_;
  Numbers answerers_;
  std::deque<GrantRule> grants_;
  std::deque<ProhibitionRule> prohibitions_;
  std::deque<CeilingRule> ceilings_;
  std::deque<DutyRule> duties_;
  std::deque<Spans> spans_;  // of rules
  absl::flat_hash_map<uint64_t, Bucket> buckets_;
  std::vector<uint8_t> shapes_;  // which of asker, kind, operation, purpose the rules of some bucket list; each once
};

}  // namespace tamga::policy
