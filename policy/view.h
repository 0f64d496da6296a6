// The law between two States compiled for deciding: one slice of time after another, in each the rules by who asks what
// for which purpose. Immutable; any number of threads may decide by it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "policy/rules.h"

namespace tamga::policy {

// The rules that can say something to a question.
struct Bucket {
  std::vector<const GrantRule*> grants;  // by treaty, then by id
  std::vector<const ProhibitionRule*> request_prohibitions;
  std::vector<const ProhibitionRule*> reply_prohibitions;
  std::vector<const CeilingRule*> request_ceilings;
  std::vector<const CeilingRule*> reply_ceilings;
  std::vector<const DutyRule*> request_duties;
  std::vector<const DutyRule*> reply_duties;
};

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

  // Empty if no rule can say anything.
  const Bucket& Find(absl::Time now, AgencyNumber asker, v1::RecordKind record_kind, v1::Operation operation,
                     v1::Purpose purpose) const;

  // All that ever are law between the two, whatever the time; for explanations.
  const std::deque<GrantRule>& grants() const { return grants_; }

 private:
  using Numbers = absl::flat_hash_map<std::string, AgencyNumber>;
  struct Slice {
    absl::Time from;
    absl::flat_hash_map<uint64_t, Bucket> buckets;
  };

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
                    const Spans& request_spans, const Spans& reply_spans);
  void SortRules();
  void Cut();
  template <typename RuleType>
  void Fill(Slice* slice, const RuleType& rule, std::vector<const RuleType*> Bucket::*list) const;

  PairLaw law_;
  Numbers askers_;
  Numbers answerers_;
  std::deque<GrantRule> grants_;
  std::deque<ProhibitionRule> prohibitions_;
  std::deque<CeilingRule> ceilings_;
  std::deque<DutyRule> duties_;
  std::vector<Slice> slices_;  // by `from`, the first from the infinite past
};

}  // namespace tamga::policy
