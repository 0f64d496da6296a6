#include "policy/redact.h"

#include <set>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/util/message_differencer.h"
#include "node/base/matchers.h"
#include "policy/disclosure.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/trafficking.pb.h"
#include "tamga/v1/treaty_exchange.pb.h"
#include "tamga/v1/watchlist.pb.h"

namespace tamga::policy {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Disclosure AtLevel(v1::DisclosureLevel level, const std::vector<v1::DataClass>& classes = {},
                       v1::OnExcess on_excess = v1::ON_EXCESS_WITHHOLD) {
  v1::Disclosure disclosure;
  disclosure.set_level(level);
  for (const v1::DataClass data_class : classes) disclosure.add_classes(data_class);
  disclosure.set_on_excess(on_excess);
  return disclosure;
}

const v1::Disclosure kFull = AtLevel(v1::DISCLOSURE_LEVEL_FULL);

// Every message that nodes exchange.
std::vector<const Message*> Records() {
  return {&v1::ReadmissionSubmission::default_instance(), &v1::ReadmissionReceived::default_instance(),
          &v1::ReadmissionStep::default_instance(),       &v1::ReadmissionStepRecorded::default_instance(),
          &v1::WatchlistQuery::default_instance(),        &v1::WatchlistAnswer::default_instance(),
          &v1::TraffickingHandover::default_instance(),   &v1::TraffickingHandoverReceived::default_instance(),
          &v1::TraffickingRetrieval::default_instance(),  &v1::TraffickingRetrieved::default_instance(),
          &v1::TreatyPublication::default_instance(),     &v1::TreatyPublished::default_instance(),
          &v1::TreatyFetch::default_instance(),           &v1::TreatyFetched::default_instance()};
}

v1::DataClass ClassOf(const FieldDescriptor* field) { return field->options().GetExtension(v1::data_class); }

// Calls `visit(field, class, path)` for each leaf; its class is its own or that of the nearest classed field above.
template <typename Visit>
void ForEachLeaf(const Descriptor* descriptor, v1::DataClass above, const std::string& path, Visit visit) {
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const v1::DataClass covering = above != v1::DATA_CLASS_UNSPECIFIED ? above : ClassOf(field);
    const std::string name = path + (path.empty() ? "" : ".") + field->name();
    if (field->message_type() != nullptr) {
      ForEachLeaf(field->message_type(), covering, name, visit);
    } else {
      visit(field, covering, name);
    }
  }
}

void Fill(Message* message);

void FillField(Message* message, const FieldDescriptor* field) {
  const auto* reflection = message->GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      for (int i = 0; i < (many ? 2 : 1); ++i) {
        Fill(many ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field));
      }
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->AddString(message, field, "x") : reflection->SetString(message, field, "x");
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(message, field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(message, field, 1);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->SetUInt32(message, field, 1);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->SetUInt64(message, field, 1);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(message, field, 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(message, field, 1);
    default:
      FAIL() << field->full_name() << " has a type that this test does not fill";
  }
}

// Sets every field at every depth, two elements in each list of messages.
void Fill(Message* message) {
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i)
    FillField(message, message->GetDescriptor()->field(i));
}

std::unique_ptr<Message> Filled(const Message& prototype) {
  std::unique_ptr<Message> record(prototype.New());
  Fill(record.get());
  return record;
}

std::set<v1::DataClass> ClassesIn(const Message& message) {
  std::set<v1::DataClass> classes;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (ClassOf(field) != v1::DATA_CLASS_UNSPECIFIED || field->message_type() == nullptr) {
      classes.insert(ClassOf(field));
      continue;
    }
    for (int i = 0; i < (field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1); ++i) {
      const Message& inner = field->is_repeated() ? message.GetReflection()->GetRepeatedMessage(message, field, i)
                                                  : message.GetReflection()->GetMessage(message, field);
      classes.merge(ClassesIn(inner));
    }
  }
  return classes;
}

TEST(RecordClassesTest, EveryLeafOfEveryRecordHasAClass) {
  for (const Message* record : Records()) {
    int leaves = 0;
    ForEachLeaf(record->GetDescriptor(), v1::DATA_CLASS_UNSPECIFIED, "",
                [&](const FieldDescriptor* field, v1::DataClass data_class, const std::string& path) {
                  ++leaves;
                  EXPECT_NE(data_class, v1::DATA_CLASS_UNSPECIFIED) << record->GetTypeName() << " " << path;
                  EXPECT_FALSE(field->is_map()) << path;
                });
    EXPECT_GT(leaves, 0) << record->GetTypeName();
  }
}

TEST(RecordClassesTest, NoSafeguardHidesBelowAFieldOfAnotherClass) {
  for (const Message* record : Records()) {
    ForEachLeaf(record->GetDescriptor(), v1::DATA_CLASS_UNSPECIFIED, "",
                [&](const FieldDescriptor* field, v1::DataClass data_class, const std::string& path) {
                  if (ClassOf(field) == v1::DATA_CLASS_SAFEGUARD) {
                    EXPECT_EQ(data_class, v1::DATA_CLASS_SAFEGUARD) << path;
                  }
                });
  }
}

TEST(CutDownTest, EachLevelLeavesItsClassesAndNoOthers) {
  struct Level {
    v1::DisclosureLevel level;
    std::set<v1::DataClass> allowed;
  };
  const std::vector<Level> levels = {
      {v1::DISCLOSURE_LEVEL_UNSPECIFIED, {}},
      {v1::DISCLOSURE_LEVEL_NONE, {}},
      {v1::DISCLOSURE_LEVEL_HIT_NO_HIT, {v1::DATA_CLASS_OUTCOME}},
      {v1::DISCLOSURE_LEVEL_REFERENCE, {v1::DATA_CLASS_OUTCOME, v1::DATA_CLASS_REFERENCE}},
      {static_cast<v1::DisclosureLevel>(6), {}},
      {static_cast<v1::DisclosureLevel>(-1), {}}};
  for (const Message* prototype : Records()) {
    for (const Level& level : levels) {
      const auto record = Filled(*prototype);
      // Classes named beside another level than PARTIAL add nothing.
      ASSERT_OK(CutDown(AtLevel(level.level, {v1::DATA_CLASS_VICTIM_IDENTITY}), record.get()));
      for (const v1::DataClass left : ClassesIn(*record)) EXPECT_EQ(level.allowed.count(left), 1u) << left;
    }
  }
}

TEST(CutDownTest, PartialLeavesOutcomeReferenceAndTheNamedClass) {
  for (const Message* prototype : Records()) {
    const std::set<v1::DataClass> present = ClassesIn(*Filled(*prototype));
    for (int number = 0; number < v1::DataClass_ARRAYSIZE; ++number) {
      const auto data_class = static_cast<v1::DataClass>(number);
      const auto record = Filled(*prototype);
      ASSERT_OK(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_PARTIAL, {data_class}), record.get()));
      std::set<v1::DataClass> expected = {v1::DATA_CLASS_OUTCOME, v1::DATA_CLASS_REFERENCE};
      if (data_class != v1::DATA_CLASS_UNSPECIFIED && data_class != v1::DATA_CLASS_SAFEGUARD)
        expected.insert(data_class);
      for (const v1::DataClass possible : present) {
        EXPECT_EQ(ClassesIn(*record).count(possible), expected.count(possible))
            << prototype->GetTypeName() << " " << possible << " with " << data_class;
      }
    }
  }
}

TEST(CutDownTest, FullLeavesAllButSafeguards) {
  for (const Message* prototype : Records()) {
    const auto whole = Filled(*prototype);
    const auto record = Filled(*prototype);
    EXPECT_THAT(CutDown(kFull, record.get()).value(), IsEmpty());
    std::set<v1::DataClass> expected = ClassesIn(*whole);
    expected.erase(v1::DATA_CLASS_SAFEGUARD);
    EXPECT_EQ(ClassesIn(*record), expected);
  }
}

TEST(CutDownTest, NoIdentityOfAVictimSurvivesWithoutItsClass) {
  std::vector<v1::DataClass> others;
  for (int number = 1; number < v1::DataClass_ARRAYSIZE; ++number) {
    if (number != v1::DATA_CLASS_VICTIM_IDENTITY) others.push_back(static_cast<v1::DataClass>(number));
  }
  v1::TraffickingHandover handover;
  Fill(&handover);
  ASSERT_OK(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_PARTIAL, others), &handover));
  const v1::TraffickedPerson& victim = handover.case_().victim();
  EXPECT_EQ(
      victim.first_name() + victim.middle_name() + victim.second_name() + victim.birthdate() + victim.identity_number(),
      "");
  EXPECT_EQ(victim.email(), "x") << "other classes stay";
  EXPECT_THAT(ClassesIn(handover), Not(Contains(v1::DATA_CLASS_VICTIM_IDENTITY)));
}

TEST(CutDownTest, NamesEachSetFieldOnceInOrder) {
  v1::TraffickingHandover handover;
  v1::TraffickingCase& record = *handover.mutable_case_();
  record.set_case_id("c");
  record.mutable_victim()->set_first_name("n");
  record.mutable_victim()->set_mobile_phone("1");
  record.add_perpetrators()->set_second_name("p");
  record.add_perpetrators()->set_first_name("q");
  record.add_perpetrators()->set_second_name("r");
  EXPECT_THAT(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_REFERENCE), &handover).value(),
              ElementsAre("case.victim.first_name", "case.victim.mobile_phone", "case.perpetrators.second_name",
                          "case.perpetrators.first_name"));
}

TEST(CutDownTest, ClearsMessagesThatAreLeftEmpty) {
  v1::WatchlistAnswer answer;
  answer.set_hit(true);
  for (int i = 0; i < 3; ++i) answer.add_candidates()->mutable_alert()->set_action("stop");
  answer.add_candidates();
  ASSERT_OK(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_HIT_NO_HIT), &answer));
  EXPECT_TRUE(answer.hit());
  EXPECT_EQ(answer.candidates_size(), 0) << "not even how many there were is told";

  v1::TraffickingRetrieved retrieved;
  retrieved.mutable_case_()->mutable_victim()->set_email("e");
  ASSERT_OK(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_REFERENCE), &retrieved));
  EXPECT_FALSE(retrieved.has_case_());
}

TEST(CutDownTest, KeepsTheElementsThatHoldSomethingInTheirOrder) {
  v1::WatchlistAnswer answer;
  for (const char* id : {"", "first", "", "second"}) {
    v1::Alert* alert = answer.add_candidates()->mutable_alert();
    alert->set_alert_id(id);
    alert->set_action("stop");
  }
  ASSERT_OK(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_REFERENCE), &answer));
  ASSERT_EQ(answer.candidates_size(), 2);
  EXPECT_EQ(answer.candidates(0).alert().alert_id(), "first");
  EXPECT_EQ(answer.candidates(1).alert().alert_id(), "second");
}

TEST(CutDownTest, TheClassOfAMessageFieldCoversWhatIsBelow) {
  v1::ReadmissionSubmission submission;
  v1::TravelDocument* document = submission.mutable_application()->add_documents();
  document->set_number("N1");
  document->mutable_expires_on()->set_year(2030);  // its parts are of class IDENTITY, the field of class DOCUMENT
  submission.mutable_application()->mutable_born_on()->set_year(1990);
  const v1::Disclosure disclosure = AtLevel(v1::DISCLOSURE_LEVEL_PARTIAL, {v1::DATA_CLASS_DOCUMENT});
  EXPECT_THAT(CutDown(disclosure, &submission).value(), ElementsAre("application.born_on.year"));
  EXPECT_EQ(submission.application().documents(0).expires_on().year(), 2030u);
}

TEST(CutDownTest, RefusesAsAWholeWhereTheTreatySaysSo) {
  v1::ReadmissionSubmission submission;
  submission.mutable_application()->set_sex("F");
  submission.mutable_application()->set_confession("any");
  const v1::ReadmissionSubmission before = submission;
  const auto result =
      CutDown(AtLevel(v1::DISCLOSURE_LEVEL_PARTIAL, {v1::DATA_CLASS_IDENTITY}, v1::ON_EXCESS_REFUSE), &submission);
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(result, HasReason("FIELD_NOT_ALLOWED"));
  EXPECT_EQ(MetadataOf(result.status()).at("field"), "application.confession");
  EXPECT_TRUE(MessageDifferencer::Equals(submission, before));
}

TEST(CutDownTest, SafeguardsAreCutInSilenceEvenWhereExcessIsRefused) {
  for (const v1::OnExcess on_excess : {v1::ON_EXCESS_REFUSE, v1::ON_EXCESS_WITHHOLD}) {
    v1::TraffickingRetrieved retrieved;
    retrieved.mutable_case_()->set_case_id("c");
    retrieved.mutable_case_()->set_consent(true);
    EXPECT_THAT(CutDown(AtLevel(v1::DISCLOSURE_LEVEL_FULL, {}, on_excess), &retrieved).value(), IsEmpty());
    EXPECT_FALSE(retrieved.case_().consent());
    EXPECT_EQ(retrieved.case_().case_id(), "c");
  }
}

TEST(CutDownTest, RemovesUnknownFieldsAtEveryDepth) {
  v1::ReadmissionSubmission submission;
  submission.set_case_id("c");
  v1::PersonName* name = submission.mutable_application()->add_names();
  name->set_surname("n");
  name->GetReflection()->MutableUnknownFields(name)->AddVarint(900, 1);
  submission.GetReflection()->MutableUnknownFields(&submission)->AddVarint(901, 1);
  EXPECT_THAT(CutDown(kFull, &submission).value(), IsEmpty());
  EXPECT_TRUE(submission.GetReflection()->GetUnknownFields(submission).empty());
  const v1::PersonName& cut = submission.application().names(0);
  EXPECT_TRUE(cut.GetReflection()->GetUnknownFields(cut).empty());
}

TEST(CutDownTest, AMessageWithoutClassesIsLeftWithNothing) {
  v1::CallContext context;  // not a record: none of its fields has a class
  context.set_officer("o");
  EXPECT_THAT(CutDown(kFull, &context).value(), ElementsAre("officer"));
  EXPECT_EQ(context.ByteSizeLong(), 0u);
}

TEST(ContainsOnlyTest, HoldsForWhatCutDownLeft) {
  for (const Message* prototype : Records()) {
    for (int level = 0; level < v1::DisclosureLevel_ARRAYSIZE; ++level) {
      const v1::Disclosure disclosure =
          AtLevel(static_cast<v1::DisclosureLevel>(level), {v1::DATA_CLASS_ROUTE, v1::DATA_CLASS_DOCUMENT});
      const auto record = Filled(*prototype);
      const auto withheld = CutDown(disclosure, record.get());
      ASSERT_OK(withheld);
      EXPECT_OK(ContainsOnly(disclosure, *record));
      if (!withheld->empty()) {
        const absl::Status excess = ContainsOnly(disclosure, *Filled(*prototype));
        EXPECT_EQ(MetadataOf(excess).at("field"), withheld->front());
      }
    }
  }
}

TEST(ContainsOnlyTest, NamesTheFirstFieldBeyondTheDisclosure) {
  v1::WatchlistAnswer answer;
  answer.set_hit(true);
  EXPECT_OK(ContainsOnly(AtLevel(v1::DISCLOSURE_LEVEL_HIT_NO_HIT), answer));
  answer.add_candidates()->mutable_alert()->set_alert_id("a");
  const absl::Status excess = ContainsOnly(AtLevel(v1::DISCLOSURE_LEVEL_HIT_NO_HIT), answer);
  EXPECT_THAT(excess, HasReason("FIELD_NOT_ALLOWED"));
  EXPECT_EQ(MetadataOf(excess).at("field"), "candidates.alert.alert_id");
}

TEST(ContainsOnlyTest, FindsSafeguardsAndUnknownFields) {
  v1::TraffickingRetrieved retrieved;
  retrieved.mutable_case_()->set_consent(true);
  EXPECT_EQ(MetadataOf(ContainsOnly(kFull, retrieved)).at("field"), "case.consent");

  v1::ReadmissionReceived received;
  received.mutable_received_at()->set_seconds(1);
  EXPECT_OK(ContainsOnly(kFull, received));
  auto* at = received.mutable_received_at();
  at->GetReflection()->MutableUnknownFields(at)->AddVarint(17, 1);
  EXPECT_EQ(MetadataOf(ContainsOnly(kFull, received)).at("field"), "received_at.#17");
}

}  // namespace
}  // namespace tamga::policy
