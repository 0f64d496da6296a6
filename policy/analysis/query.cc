#include "policy/analysis/query.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"
#include "policy/analysis/gap_table.h"
#include "policy/analysis/words.h"
#include "policy/enum_names.h"

namespace tamga::policy::analysis {
namespace {

template <typename RuleType>
void AddUnless(const Space& space, const std::vector<const RuleType*>& rules, std::vector<std::string>* texts) {
  for (const RuleType* rule : rules) {
    const std::string conditions = ConditionsText(space, rule->box);
    texts->push_back(absl::StrCat(conditions.empty() ? "in the scope" : absl::StrCat("where ", conditions), " of ",
                                  absl::StrJoin(Citations(*rule), ", ")));
  }
}

std::string SentenceOf(const Space& space, const Sight& sight, v1::DataClass data_class, v1::RecordKind record_kind) {
  std::vector<std::string> sides;
  const std::string what =
      absl::StrCat(" may see ", NameOf(data_class), " of ", ShortName(record_kind), " records in ");
  for (const Askers& group : WhoAsksWhom(space, sight.box)) {
    const std::string askers = AnyOf(group.askers);
    const std::string answerers = AnyOf(group.answerers);
    sides.push_back(sight.direction == Direction::kReply
                        ? absl::StrCat(askers, what, "replies of ", answerers, " to ")
                        : absl::StrCat(answerers, what, "requests of ", askers, " for "));
    absl::StrAppend(&sides.back(), OperationsText(space, sight.box));
  }
  const std::string conditions = ConditionsText(space, sight.box);
  std::string sentence = absl::StrCat(absl::StrJoin(sides, ", and "), ", for ", PurposesText(space, sight.box),
                                      conditions.empty() ? "" : " when ", conditions, ", by ",
                                      absl::StrJoin(Citations(*sight.grant), ", "));
  std::vector<std::string> unless;
  AddUnless(space, sight.prohibitions, &unless);
  AddUnless(space, sight.ceilings, &unless);
  if (!unless.empty()) absl::StrAppend(&sentence, "; not ", absl::StrJoin(unless, ", nor "));
  if (!sight.is_decided) absl::StrAppend(&sentence, "; not decided whether that leaves anything");
  return sentence;
}

}  // namespace

std::vector<Sight> WhoMaySee(const RuleBoxes& rules, v1::DataClass data_class, v1::RecordKind record_kind,
                             const Options& options) {
  const Space& space = *rules.space;
  const Layout& layout = space.layout();
  std::vector<Sight> sights;
  for (const GrantRule& grant : rules.grants) {
    v1::Scope kind;
    kind.add_record_kinds(record_kind);
    Box box = grant.box;
    space.Restrict(kind, &box);
    if (IsEmpty(layout, box)) continue;
    for (const Direction direction : kDirections) {
      if (!Holds(Told(grant, direction), data_class)) continue;
      Sight sight{&grant, direction, box, {}, {}, true, {}, ""};
      std::vector<const Box*> barred;
      for (const ProhibitionRule& rule : rules.prohibitions) {
        if (!Overlap(layout, rule.box, box)) continue;
        sight.prohibitions.push_back(&rule);
        barred.push_back(&rule.box);
      }
      for (const CeilingRule& rule : rules.ceilings) {
        if (Holds(Told(rule, direction), data_class) || !Overlap(layout, rule.box, box)) continue;
        sight.ceilings.push_back(&rule);
        barred.push_back(&rule.box);
      }
      Budget budget(options.steps_per_question);
      const auto seen = FindOutside(layout, box, barred, &budget);
      if (seen.is_decided && !seen.value.has_value()) continue;
      sight.is_decided = seen.is_decided;
      if (seen.value.has_value()) sight.witness = space.WitnessOf(*seen.value);
      sight.sentence = SentenceOf(space, sight, data_class, record_kind);
      sights.push_back(std::move(sight));
    }
  }
  return sights;
}

absl::StatusOr<v1::DataClass> ClassOfField(const google::protobuf::Descriptor& record, absl::string_view path) {
  const google::protobuf::Descriptor* message = &record;
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const google::protobuf::FieldDescriptor* field =
        message == nullptr ? nullptr : message->FindFieldByName(std::string(name));
    if (field == nullptr) {
      return InvalidField(path, absl::StrCat("is no field of ", record.name(), ": there is no ", name));
    }
    // A class covers everything below the field that has it.
    if (data_class == v1::DATA_CLASS_UNSPECIFIED) data_class = field->options().GetExtension(v1::data_class);
    message = field->message_type();
  }
  return data_class;
}

}  // namespace tamga::policy::analysis
