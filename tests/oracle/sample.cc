#include "tests/oracle/sample.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "policy/attributes.h"
#include "policy/enum_names.h"
#include "tests/oracle/force.h"

namespace tamga::policy::oracle {
namespace {

constexpr size_t kCases = 20'000;
constexpr size_t kSyntheticLaws = 80;

// All values of an enumeration, and 0: what was not said matches nothing.
template <typename Enum>
std::vector<Enum> Values(int array_size, bool (*is_valid)(int)) {
  std::vector<Enum> values;
  for (int value = 0; value < array_size; ++value) {
    if (is_valid(value)) values.push_back(static_cast<Enum>(value));
  }
  return values;
}

const std::vector<v1::RecordKind>& Kinds() {
  static const auto& values =
      *new std::vector<v1::RecordKind>(Values<v1::RecordKind>(v1::RecordKind_ARRAYSIZE, v1::RecordKind_IsValid));
  return values;
}

const std::vector<v1::Operation>& Operations() {
  static const auto& values =
      *new std::vector<v1::Operation>(Values<v1::Operation>(v1::Operation_ARRAYSIZE, v1::Operation_IsValid));
  return values;
}

const std::vector<v1::Purpose>& Purposes() {
  static const auto& values =
      *new std::vector<v1::Purpose>(Values<v1::Purpose>(v1::Purpose_ARRAYSIZE, v1::Purpose_IsValid));
  return values;
}

std::vector<std::string> Listed(const std::set<std::string>& set) { return {set.begin(), set.end()}; }

// Makes the cases of one law.
class CaseMaker {
 public:
  CaseMaker(const Law& law, size_t number, Dice* dice) : law_(law), number_(number), dice_(*dice) {
    for (const std::string& day : law.days) forces_.push_back(ForceOn(law, Noon(day)));
    std::set<std::string> agencies;
    for (const TreatyForce& treaty : forces_[0].treaties) {
      agencies.insert(treaty.authorities.begin(), treaty.authorities.end());
      LearnFrom(treaty.document->treaty);
    }
    for (const AddedForce& added : forces_[0].added) LearnFrom(*added.law->rules);
    agencies_ = Listed(agencies);
    // An agency that no treaty names, and a State that is party to none.
    agencies_.push_back(law.states[0] + "/unheard-of");
    agencies_.push_back("FRA/police");
  }

  Case Make() {
    Case made;
    made.law = number_;
    made.day = dice_.Roll(law_.days.size());
    made.stage = RandomStage();
    force_ = &forces_[made.day];
    Question& question = made.question;
    Aim(&question);
    if (dice_.OneIn(4)) KnockOff(&question);
    FillFacts(&question.facts);
    question.approvals = static_cast<uint32_t>(dice_.Roll(3));
    question.dischargeable = kAllObligationTypes;
    if (dice_.OneIn(8)) question.dischargeable &= ~(1u << dice_.Roll(v1::ObligationType_ARRAYSIZE));
    return made;
  }

 private:
  // Mostly those at which facts must be known.
  Stage RandomStage() {
    static const auto& stages = *new std::vector<Stage>{
        Stage::kRequestEgress, Stage::kRequestEgress, Stage::kRequestEgress, Stage::kRequestIngress,
        Stage::kReplyEgress,   Stage::kReplyEgress,   Stage::kReplyIngress};
    return dice_.Pick(stages);
  }

  template <typename Rules>
  void LearnFrom(const Rules& rules) {
    const auto learn = [&](const auto& list, bool forbids) {
      for (const auto& rule : list) {
        for (const v1::Condition& condition : rule.when()) Learn(condition, forbids);
      }
    };
    if constexpr (std::is_same_v<Rules, v1::Treaty>) learn(rules.grants(), false);
    learn(rules.prohibitions(), true);
  }

  void Learn(const v1::Condition& condition, bool forbids) {
    if (condition.has_at_least()) thresholds_[condition.attribute()].insert(condition.at_least());
    if (condition.has_at_most()) thresholds_[condition.attribute()].insert(condition.at_most());
    if (forbids && condition.is() != v1::TERNARY_UNSPECIFIED) forbidding_[condition.attribute()] = condition.is();
  }

  // Puts the question that some rule is about, between States between which its treaty is in force.
  void Aim(Question* question) {
    const TreatyForce& treaty = RandomTreaty();
    AimAtAgencies(treaty, question);
    const v1::Treaty& text = treaty.document->treaty;
    if (text.prohibitions_size() > 0 && (text.grants_size() == 0 || dice_.OneIn(5))) {
      const size_t number = dice_.Roll(static_cast<size_t>(text.prohibitions_size()));
      AimAtScope(text.prohibitions(static_cast<int>(number)).scope(), question);
    } else if (text.grants_size() > 0) {
      const size_t number = dice_.Roll(static_cast<size_t>(text.grants_size()));
      AimAtScope(text.grants(static_cast<int>(number)).scope(), question);
    }
    const size_t cites = dice_.Roll(32);
    if (cites == 0) {
      question->treaty_id = "NO-SUCH-TREATY";
    } else if (cites < 3) {
      const TreatyForce& other = dice_.Pick(force_->treaties);
      question->treaty_id = other.document->treaty.id();
    } else if (cites < 16) {
      question->treaty_id = text.id();
    }
  }

  // Mostly one that grants something on that day.
  const TreatyForce& RandomTreaty() {
    std::vector<const TreatyForce*> granting;
    for (const TreatyForce& treaty : force_->treaties) {
      if (!treaty.granting.empty()) granting.push_back(&treaty);
    }
    if (granting.empty() || dice_.OneIn(6)) return dice_.Pick(force_->treaties);
    return *dice_.Pick(granting);
  }

  void AimAtAgencies(const TreatyForce& treaty, Question* question) {
    const Pairs& pairs = treaty.granting.empty() ? treaty.request_bound : treaty.granting;
    if (pairs.empty()) {
      question->asker = dice_.Pick(agencies_);
      question->answerer = dice_.Pick(agencies_);
      return;
    }
    const std::string& pair = *std::next(pairs.begin(), static_cast<ptrdiff_t>(dice_.Roll(pairs.size())));
    question->asker = AgencyOf(treaty, pair.substr(0, pair.find('>')));
    question->answerer = AgencyOf(treaty, pair.substr(pair.find('>') + 1));
  }

  std::string AgencyOf(const TreatyForce& treaty, const std::string& state) {
    std::vector<std::string> competent;
    for (const std::string& agency : treaty.authorities) {
      if (StateIn(agency) == state) competent.push_back(agency);
    }
    return competent.empty() ? dice_.Pick(agencies_) : dice_.Pick(competent);
  }

  void AimAtScope(const v1::Scope& scope, Question* question) {
    const auto pick = [&](const auto& listed, const auto& all) {
      using Enum = typename std::decay_t<decltype(all)>::value_type;
      if (listed.empty()) return dice_.Pick(all);
      return static_cast<Enum>(listed.Get(static_cast<int>(dice_.Roll(static_cast<size_t>(listed.size())))));
    };
    question->record_kind = pick(scope.record_kinds(), Kinds());
    question->operation = pick(scope.operations(), Operations());
    question->purpose = pick(scope.purposes(), Purposes());
  }

  void KnockOff(Question* question) {
    switch (dice_.Roll(6)) {
      case 0:
        question->asker = dice_.Pick(agencies_);
        break;
      case 1:
        question->answerer = dice_.Pick(agencies_);
        break;
      case 2:
        question->record_kind = dice_.Pick(Kinds());
        break;
      case 3:
        question->operation = dice_.Pick(Operations());
        break;
      case 4:
        question->purpose = dice_.Pick(Purposes());
        break;
      default:
        std::swap(question->asker, question->answerer);
    }
  }

  // Half of the cases lean towards a permit: there, few facts are absent, and most are not what a prohibition asks for.
  // Over all, every third is absent.
  void FillFacts(Facts* facts) {
    const bool leans = dice_.OneIn(2);
    for (const AttributeInfo& info : AllAttributes()) {
      if (dice_.OneIn(leans ? 6 : 2)) continue;
      v1::FactValue fact;
      fact.set_attribute(info.attribute);
      fact.set_provenance(RandomProvenance(info));
      switch (info.type) {
        case ValueType::kFlag:
          fact.set_flag(RandomFlag(info, leans));
          break;
        case ValueType::kChoice:
          fact.set_choice(std::string(dice_.Pick(info.choices)));
          break;
        case ValueType::kNumber:
          fact.set_number(RandomNumber(info));
          break;
      }
      facts->Set(fact);
    }
  }

  v1::Provenance RandomProvenance(const AttributeInfo& info) {
    switch (dice_.Roll(8)) {
      case 0:  // just too weak, where there is anything weaker
        return static_cast<v1::Provenance>(std::max(1, info.least - 1));
      case 1:
        return static_cast<v1::Provenance>(1 + dice_.Roll(4));
      case 2:
      case 3:
        return info.least;
      default:
        return v1::PROVENANCE_AUTHENTICATED;
    }
  }

  v1::Ternary RandomFlag(const AttributeInfo& info, bool leans) {
    const auto forbidding = forbidding_.find(info.attribute);
    if (leans && forbidding != forbidding_.end() && !dice_.OneIn(8)) {
      return forbidding->second == v1::TERNARY_YES ? v1::TERNARY_NO : v1::TERNARY_YES;
    }
    return dice_.OneIn(2) ? v1::TERNARY_YES : v1::TERNARY_NO;
  }

  int64_t RandomNumber(const AttributeInfo& info) {
    std::vector<int64_t> numbers{info.min, info.max};
    if (info.attribute == v1::ATTRIBUTE_VOLUME) numbers.insert(numbers.end(), {1, 50, 51});
    for (const int64_t threshold : thresholds_[info.attribute]) {
      numbers.insert(numbers.end(), {threshold - 1, threshold, threshold + 1});
    }
    const int64_t number = dice_.Pick(numbers);
    return std::clamp(number, info.min, info.max);
  }

  const Law& law_;
  const size_t number_;
  Dice& dice_;
  std::vector<Force> forces_;  // by day
  const Force* force_ = nullptr;
  std::vector<std::string> agencies_;
  std::map<v1::Attribute, std::set<int64_t>> thresholds_;
  std::map<v1::Attribute, v1::Ternary> forbidding_;
};

std::string ValueOf(const AttributeInfo& info, const Fact& fact) {
  switch (info.type) {
    case ValueType::kFlag:
      return ShortName(static_cast<v1::Ternary>(fact.value));
    case ValueType::kChoice:
      return std::string(info.choices[static_cast<size_t>(fact.value) - 1]);
    case ValueType::kNumber:
      return absl::StrCat(fact.value);
  }
  return "";
}

const char* NameOfStage(Stage stage) {
  switch (stage) {
    case Stage::kRequestEgress:
      return "REQUEST_EGRESS";
    case Stage::kRequestIngress:
      return "REQUEST_INGRESS";
    case Stage::kReplyEgress:
      return "REPLY_EGRESS";
    case Stage::kReplyIngress:
      return "REPLY_INGRESS";
  }
  return "";
}

}  // namespace

Sample MakeSample(absl::string_view name) {
  Sample sample;
  sample.name = std::string(name);
  TAMGA_CHECK(name == "shipped" || name == "synthetic");
  sample.seed = name == "shipped" ? 1 : 2;
  Dice dice(sample.seed);
  const size_t laws = name == "shipped" ? 1 : kSyntheticLaws;
  for (size_t number = 0; number < laws; ++number) {
    sample.laws.push_back(name == "shipped" ? ShippedLaw() : SyntheticLaw(&dice));
    CaseMaker maker(sample.laws.back(), number, &dice);
    for (size_t n = 0; n < kCases / laws; ++n) sample.cases.push_back(maker.Make());
  }
  return sample;
}

std::string TextOf(const Sample& sample, const Case& of) {
  const Question& question = of.question;
  std::string text = absl::StrCat(
      sample.name, " law ", of.law, " ", sample.laws[of.law].days[of.day], " ", NameOfStage(of.stage), " ",
      question.asker, " asks ", question.answerer, ": ", ShortName(question.record_kind), " ",
      ShortName(question.operation), " for ", ShortName(question.purpose), ", citing ",
      question.treaty_id.empty() ? "nothing" : question.treaty_id, ", ", question.approvals, " approvals;");
  for (const AttributeInfo& info : AllAttributes()) {
    const Fact& fact = question.facts.Get(info.attribute);
    if (!fact.known()) continue;
    absl::StrAppend(&text, " ", ShortName(info.attribute), "=", ValueOf(info, fact), " (L",
                    static_cast<int>(fact.provenance), ")");
  }
  return text;
}

}  // namespace tamga::policy::oracle
