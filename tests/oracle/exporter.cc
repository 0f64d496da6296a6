#include "tests/oracle/exporter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/check.h"
#include "policy/attributes.h"
#include "policy/enum_names.h"

namespace tamga::policy::oracle {
namespace {

using Conditions = google::protobuf::RepeatedPtrField<v1::Condition>;

const AttributeInfo& InfoOf(const v1::Condition& condition) {
  const AttributeInfo* info = FindAttribute(condition.attribute());
  TAMGA_CHECK(info != nullptr);
  return *info;
}

std::string FactField(const AttributeInfo& info, int level) {
  return absl::StrCat(ShortName(info.attribute), "__L", level);
}

std::string FieldOf(const v1::Condition& condition) {
  const AttributeInfo& info = InfoOf(condition);
  return FactField(info, std::max<int>(info.least, condition.min_provenance()));
}

template <typename List>
std::string Quoted(const List& texts) {
  const auto quote = [](std::string* out, const auto& text) { absl::StrAppend(out, "\"", text, "\""); };
  return absl::StrCat("[", absl::StrJoin(texts, ", ", quote), "]");
}

// The names of the listed values; where none is listed, of all that exist, which leaves out 0.
template <typename Enum>
std::vector<std::string> NamesOf(const google::protobuf::RepeatedField<int>& listed, int array_size,
                                 bool (*is_valid)(int)) {
  std::vector<std::string> names;
  for (int value = 1; value < array_size; ++value) {
    const bool is_listed = listed.empty() || std::count(listed.begin(), listed.end(), value) > 0;
    if (is_valid(value) && is_listed) names.push_back(ShortName(static_cast<Enum>(value)));
  }
  return names;
}

std::vector<v1::Operation> OperationsOf(const v1::Scope& scope) {
  std::vector<v1::Operation> operations;
  for (int value = 1; value < v1::Operation_ARRAYSIZE; ++value) {
    const auto& listed = scope.operations();
    const bool is_listed = listed.empty() || std::count(listed.begin(), listed.end(), value) > 0;
    if (v1::Operation_IsValid(value) && is_listed) operations.push_back(static_cast<v1::Operation>(value));
  }
  return operations;
}

Stage JudgedAt(const v1::Condition& condition, v1::Operation operation) {
  return policy::JudgedAt(InfoOf(condition).knower, operation);
}

// The last of the stages at which a fact of the rule is judged.
Stage JudgedAt(const Conditions& conditions, v1::Operation operation) {
  Stage judged = Stage::kRequestEgress;
  for (const v1::Condition& condition : conditions) judged = std::max(judged, JudgedAt(condition, operation));
  return judged;
}

bool IsReply(Stage stage) { return stage == Stage::kReplyEgress || stage == Stage::kReplyIngress; }

Pairs Without(const Pairs& pairs, const Pairs& taken) {
  Pairs left;
  std::set_difference(pairs.begin(), pairs.end(), taken.begin(), taken.end(), std::inserter(left, left.end()));
  return left;
}

class RuleExporter {
 public:
  RuleExporter(const Force& force, Stage stage, const Dialect& dialect)
      : force_(force), stage_(stage), dialect_(dialect) {}

  std::vector<ExportedRule> Run() && {
    for (const TreatyForce& treaty : force_.treaties) {
      const v1::Treaty& text = treaty.document->treaty;
      for (const v1::Grant& grant : text.grants()) AddGrant(treaty, grant);
      const Pairs& bound = IsReply(stage_) ? treaty.reply_bound : treaty.request_bound;
      for (const v1::Prohibition& rule : text.prohibitions()) {
        AddProhibition(NameIn(*treaty.document, rule.id()), bound, rule);
      }
    }
    for (const AddedForce& added : force_.added) {
      if (!added.law->treaty_id.empty()) continue;  // see NotTakenAway
      for (const v1::Prohibition& rule : added.law->rules->prohibitions()) {
        AddProhibition(NameIn(*added.law, rule.id()), added.pairs, rule);
      }
    }
    return std::move(rules_);
  }

 private:
  using Terms = std::vector<std::string>;

  void Add(const std::string& name, bool permits, v1::Operation operation, const Terms& terms) {
    const std::string text = ShortName(operation);
    rules_.push_back({absl::StrCat(name, "@", text), permits, text, absl::StrJoin(terms, " && ")});
  }

  void AddGrant(const TreatyForce& treaty, const v1::Grant& grant) {
    Pairs pairs = treaty.granting;
    for (const std::string& article : grant.cites()) {
      const auto withdrawn = treaty.withdrawn.find(article);
      if (withdrawn != treaty.withdrawn.end()) pairs = Without(pairs, withdrawn->second);
    }
    if (pairs.empty()) return;
    const v1::Treaty& text = treaty.document->treaty;
    for (const v1::Operation operation : OperationsOf(grant.scope())) {
      Terms terms = ScopeTerms(pairs, grant.scope());
      terms.push_back(Among("asker", treaty.authorities));
      terms.push_back(Among("answerer", treaty.authorities));
      terms.push_back(Among("cites", std::vector<std::string>{"", text.id()}));
      for (const v1::Condition& condition : grant.when()) {
        terms.push_back(JudgedAt(condition, operation) == stage_ ? KnownToHold(condition) : HoldsOrUnknown(condition));
      }
      for (const std::string& term : NotTakenAway(text.id(), operation)) terms.push_back(term);
      Add(NameIn(*treaty.document, grant.id()), true, operation, terms);
    }
  }

  void AddProhibition(const std::string& name, const Pairs& pairs, const v1::Prohibition& rule) {
    if (pairs.empty()) return;
    for (const v1::Operation operation : OperationsOf(rule.scope())) {
      Terms terms = ScopeTerms(pairs, rule.scope());
      const bool unknown_counts = stage_ == JudgedAt(rule.when(), operation) && rule.ignore_unknown_because().empty();
      if (unknown_counts && dialect_.absence_is_an_error) {
        // What is known to be otherwise first: it lifts the prohibition whatever else is not known.
        for (const v1::Condition& condition : rule.when()) terms.push_back(HoldsOrUnknown(condition));
        for (const v1::Condition& condition : rule.when()) terms.push_back(Test(condition));
      } else {
        for (const v1::Condition& condition : rule.when()) {
          terms.push_back(unknown_counts ? HoldsOrUnknown(condition) : KnownToHold(condition));
        }
      }
      Add(name, false, operation, terms);
    }
  }

  // What States added to one treaty takes its grants away and touches no other.
  Terms NotTakenAway(const std::string& treaty_id, v1::Operation operation) const {
    Terms terms;
    for (const AddedForce& added : force_.added) {
      if (added.law->treaty_id != treaty_id) continue;
      for (const v1::Prohibition& rule : added.law->rules->prohibitions()) {
        const std::vector<v1::Operation> operations = OperationsOf(rule.scope());
        if (std::count(operations.begin(), operations.end(), operation) == 0) continue;
        Terms holds = ScopeTerms(added.pairs, rule.scope());
        const bool unknown_counts = stage_ == JudgedAt(rule.when(), operation) && rule.ignore_unknown_because().empty();
        for (const v1::Condition& condition : rule.when()) {
          holds.push_back(unknown_counts ? HoldsOrUnknown(condition) : KnownToHold(condition));
        }
        terms.push_back(absl::StrCat("!(", absl::StrJoin(holds, " && "), ")"));
      }
    }
    return terms;
  }

  Terms ScopeTerms(const Pairs& pairs, const v1::Scope& scope) const {
    Terms terms{
        Among("kind", NamesOf<v1::RecordKind>(scope.record_kinds(), v1::RecordKind_ARRAYSIZE, v1::RecordKind_IsValid)),
        Among("purpose", NamesOf<v1::Purpose>(scope.purposes(), v1::Purpose_ARRAYSIZE, v1::Purpose_IsValid)),
        Among("pair", pairs)};
    AddSide("asker", scope.askers(), &terms);
    AddSide("answerer", scope.answerers(), &terms);
    return terms;
  }

  // States and agencies stand in one list, and no agency is called as a State is.
  template <typename List>
  void AddSide(const std::string& side, const List& listed, Terms* terms) const {
    if (listed.empty()) return;
    terms->push_back(absl::StrCat("(", Among(side, listed), " || ", Among(side + "_state", listed), ")"));
  }

  template <typename List>
  std::string Among(const std::string& field, const List& texts) const {
    return dialect_.is_among(field, Quoted(texts));
  }

  // Of a fact that is known.
  std::string Test(const v1::Condition& condition) const {
    const std::string field = FieldOf(condition);
    const std::string value = dialect_.value_of(field);
    Terms terms;
    if (condition.is() != v1::TERNARY_UNSPECIFIED) {
      terms.push_back(absl::StrCat(value, " == ", condition.is() == v1::TERNARY_YES ? "true" : "false"));
    }
    if (!condition.any_of().empty()) terms.push_back(Among(field, condition.any_of()));
    if (!condition.none_of().empty()) terms.push_back(absl::StrCat("!(", Among(field, condition.none_of()), ")"));
    if (condition.has_at_least()) terms.push_back(absl::StrCat(value, " >= ", condition.at_least()));
    if (condition.has_at_most()) terms.push_back(absl::StrCat(value, " <= ", condition.at_most()));
    TAMGA_CHECK(!terms.empty());
    return absl::StrCat("(", absl::StrJoin(terms, " && "), ")");
  }

  std::string KnownToHold(const v1::Condition& condition) const {
    return absl::StrCat("(", dialect_.has(FieldOf(condition)), " && ", Test(condition), ")");
  }

  std::string HoldsOrUnknown(const v1::Condition& condition) const {
    return absl::StrCat("(!(", dialect_.has(FieldOf(condition)), ") || ", Test(condition), ")");
  }

  const Force& force_;
  const Stage stage_;
  const Dialect& dialect_;
  std::vector<ExportedRule> rules_;
};

}  // namespace

std::vector<ExportedRule> Export(const Force& force, Stage stage, const Dialect& dialect) {
  return RuleExporter(force, stage, dialect).Run();
}

std::string RuleOf(absl::string_view exported_id) { return std::string(exported_id.substr(0, exported_id.find('@'))); }

std::set<std::string> FactsAskedFor(const Law& law) {
  std::set<std::string> facts;
  const auto add = [&](const auto& rules) {
    for (const auto& rule : rules) {
      for (const v1::Condition& condition : rule.when()) facts.insert(FieldOf(condition));
    }
  };
  for (const TreatyDocument* document : law.treaties.documents()) {
    add(document->treaty.grants());
    add(document->treaty.prohibitions());
  }
  for (const std::string& day : law.days) {
    for (const AddedForce& added : ForceOn(law, Noon(day)).added) add(added.law->rules->prohibitions());
  }
  return facts;
}

Fields Export(const Law& law, const Question& question, const std::set<std::string>& facts) {
  Fields fields;
  fields["pair"] = PairOf(law, question.asker, question.answerer);
  fields["asker"] = question.asker;
  fields["asker_state"] = StateIn(question.asker);
  fields["answerer"] = question.answerer;
  fields["answerer_state"] = StateIn(question.answerer);
  fields["kind"] = ShortName(question.record_kind);
  fields["purpose"] = ShortName(question.purpose);
  fields["cites"] = question.treaty_id;
  for (const AttributeInfo& info : AllAttributes()) {
    const Fact& fact = question.facts.Get(info.attribute);
    for (int level = v1::PROVENANCE_ASSERTED; level <= fact.provenance; ++level) {
      const std::string field = FactField(info, level);
      if (facts.count(field) == 0) continue;
      switch (info.type) {
        case ValueType::kFlag:
          fields[field] = fact.value == v1::TERNARY_YES;
          break;
        case ValueType::kChoice:
          fields[field] = std::string(info.choices[static_cast<size_t>(fact.value) - 1]);
          break;
        case ValueType::kNumber:
          fields[field] = fact.value;
          break;
      }
    }
  }
  return fields;
}

}  // namespace tamga::policy::oracle
