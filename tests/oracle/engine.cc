#include "tests/oracle/engine.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "policy/enum_names.h"

namespace tamga::policy::oracle {
namespace {

using Json = nlohmann::json;

constexpr size_t kStages = 4;

Engine Cedar() {
  return {"cedar", "@cedar-policy/cedar-wasm 4.13.0",
          Dialect{[](const std::string& field) { return "context." + field; },
                  [](const std::string& field) { return "context has " + field; },
                  [](const std::string& field, const std::string& list) {
                    return list + ".contains(context." + field + ")";
                  },
                  /*absence_is_an_error=*/true},
          /*names_prohibitions=*/true};
}

// Without a word, it takes a rule that asks for an absent field for one that does not hold, and it stops at the first
// prohibition that does.
Engine Cerbos() {
  return {"cerbos", "cerbos 0.51.0",
          Dialect{[](const std::string& field) { return "R.attr." + field; },
                  [](const std::string& field) { return "has(R.attr." + field + ")"; },
                  [](const std::string& field, const std::string& list) { return "R.attr." + field + " in " + list; },
                  /*absence_is_an_error=*/false},
          /*names_prohibitions=*/false};
}

std::string SetOf(size_t law, size_t day, size_t stage) { return absl::StrCat(law, "-", day, "-", stage); }

Json RulesOf(const Force& force, Stage stage, const Dialect& dialect) {
  Json rules = Json::array();
  for (const ExportedRule& rule : Export(force, stage, dialect)) {
    rules.push_back(
        {{"id", rule.id}, {"permits", rule.permits}, {"operation", rule.operation}, {"condition", rule.condition}});
  }
  return rules;
}

Json FieldsOf(const Fields& fields) {
  Json json = Json::object();
  for (const auto& [field, value] : fields) {
    std::visit([&, name = field](const auto& known) { json[name] = known; }, value);
  }
  return json;
}

}  // namespace

const Engine* FindEngine(absl::string_view name) {
  static const auto& engines = *new std::vector<Engine>{Cedar(), Cerbos()};
  for (const Engine& engine : engines) {
    if (engine.name == name) return &engine;
  }
  return nullptr;
}

std::string InputFor(const Engine& engine, const Sample& sample) {
  Json input = {{"sets", Json::object()}, {"cases", Json::array()}};
  std::vector<std::set<std::string>> facts;
  for (size_t law = 0; law < sample.laws.size(); ++law) {
    facts.push_back(FactsAskedFor(sample.laws[law]));
    for (size_t day = 0; day < sample.laws[law].days.size(); ++day) {
      const Force force = ForceOn(sample.laws[law], Noon(sample.laws[law].days[day]));
      for (size_t stage = 0; stage < kStages; ++stage) {
        input["sets"][SetOf(law, day, stage)] = RulesOf(force, static_cast<Stage>(stage), engine.dialect);
      }
    }
  }
  for (const Case& of : sample.cases) {
    input["cases"].push_back({{"set", SetOf(of.law, of.day, static_cast<size_t>(of.stage))},
                              {"operation", ShortName(of.question.operation)},
                              {"fields", FieldsOf(Export(sample.laws[of.law], of.question, facts[of.law]))}});
  }
  return input.dump();
}

}  // namespace tamga::policy::oracle
