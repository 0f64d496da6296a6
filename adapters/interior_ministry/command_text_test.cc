#include "adapters/interior_ministry/command_text.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/interior_ministry/xml_message.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/matchers.h"

namespace tamga::adapters {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Example(const std::string& name) {
  return *ReadFile(absl::StrCat(TAMGA_SOURCE_DIR, "/adapters/interior_ministry/data/", name));
}

void ExpectCommandField(MinistryFormat format, absl::string_view text, absl::string_view field) {
  const auto command = ReadMinistryCommand(format, text);
  EXPECT_EQ(ReasonOf(command.status()), "INVALID_FIELD") << text;
  EXPECT_EQ(MetadataOf(command.status())["field"], field) << text;
  EXPECT_THAT(std::string(command.status().message()), Not(HasSubstr("SECRET")));
}

TEST(CommandText, TheExamplesSayTheSameInJsonAndXml) {
  ASSERT_OK_AND_ASSIGN(const v1::MinistryCommand json,
                       ReadMinistryCommand(MinistryFormat::kJson, Example("submit.json")));
  ASSERT_OK_AND_ASSIGN(const v1::MinistryCommand xml, ReadMinistryCommand(MinistryFormat::kXml, Example("submit.xml")));
  EXPECT_TRUE(MessageDifferencer::Equals(json, xml));
  EXPECT_EQ(xml.submit().application().names(1).surname(), "Тестов");
  ASSERT_OK_AND_ASSIGN(const v1::MinistryCommand act, ReadMinistryCommand(MinistryFormat::kJson, Example("act.json")));
  EXPECT_EQ(act.act().step().withdrawal_code(), v1::WITHDRAWAL_CODE_LEFT);
}

TEST(CommandText, WhatIsWrittenAsXmlIsReadAsTheSame) {
  ASSERT_OK_AND_ASSIGN(v1::MinistryCommand command, ReadMinistryCommand(MinistryFormat::kJson, Example("submit.json")));
  v1::ReadmissionApplication& application = *command.mutable_submit()->mutable_application();
  application.set_special_circumstances("a < b && c > d \"e\"\nf");
  application.mutable_evidence(0)->set_copy_sha256(std::string(32, '\xff'));
  ASSERT_OK_AND_ASSIGN(
      const v1::MinistryCommand read,
      ReadMinistryCommand(MinistryFormat::kXml, WriteMinistryRecord(MinistryFormat::kXml, command, "command")));
  EXPECT_TRUE(MessageDifferencer::Equals(command, read));

  v1::MinistryChange change;
  change.set_number(7);
  change.mutable_case_()->set_case_id("c");
  change.mutable_case_()->mutable_reply_due_at()->set_seconds(1'800'000'000);
  change.mutable_case_()->add_history()->set_overtaken(true);
  change.mutable_case_()->add_possible_steps(v1::READMISSION_STEP_KIND_ACCEPT);
  change.mutable_case_()->add_possible_steps(v1::READMISSION_STEP_KIND_REFUSE);
  v1::MinistryChange again;
  ASSERT_OK(ReadXmlMessage(WriteXmlMessage(change, "change"), "change", again));
  EXPECT_TRUE(MessageDifferencer::Equals(change, again));
}

TEST(CommandText, EveryTruncationIsRefused) {
  for (const auto& [format, name] :
       {std::pair(MinistryFormat::kJson, "act.json"), std::pair(MinistryFormat::kXml, "submit.xml")}) {
    std::string text = Example(name);
    while (text.back() == '\n') text.pop_back();
    for (size_t length = 0; length < text.size(); ++length) {
      EXPECT_THAT(ReadMinistryCommand(format, text.substr(0, length)), HasReason("INVALID_FIELD")) << length;
    }
  }
}

TEST(CommandText, NoFlippedBitOfXmlEndsTheReader) {
  const std::string text = Example("submit.xml");
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto command = ReadMinistryCommand(MinistryFormat::kXml, flipped);
      if (!command.ok()) {
        EXPECT_EQ(ReasonOf(command.status()), "INVALID_FIELD");
      }
    }
  }
}

TEST(CommandText, XmlFaultsNameTheFieldAndNeverTheValue) {
  const auto xml = [](const std::string& inside) { return absl::StrCat("<command>", inside, "</command>"); };
  ExpectCommandField(MinistryFormat::kXml, xml("<surname>SECRET</surname>"), "surname");
  ExpectCommandField(MinistryFormat::kXml, xml("<act><step><kind>SECRET</kind></step></act>"), "act.step.kind");
  ExpectCommandField(MinistryFormat::kXml, xml("<act><step><at>SECRET</at></step></act>"), "act.step.at");
  ExpectCommandField(MinistryFormat::kXml, xml("<officer>1</officer><officer>SECRET</officer>"), "officer");
  ExpectCommandField(MinistryFormat::kXml, xml("<act/><submit/>"), "submit");
  ExpectCommandField(MinistryFormat::kXml, xml("SECRET"), "xml");
  ExpectCommandField(MinistryFormat::kXml, xml("<officer>1<b/></officer>"), "officer.b");
  ExpectCommandField(MinistryFormat::kXml, xml("<officer a=\"SECRET\">1</officer>"), "officer");
  ExpectCommandField(MinistryFormat::kXml, "<other>SECRET</other>", "xml");
  ExpectCommandField(MinistryFormat::kXml, "<!DOCTYPE command [<!ENTITY a \"SECRET\">]><command>&a;</command>", "xml");
  ExpectCommandField(MinistryFormat::kXml, absl::StrCat("<command>", std::string(kMaxXmlMessageBytes, ' ')), "xml");
  ExpectCommandField(MinistryFormat::kXml, "<command>\xff</command>", "xml");
  const std::string names = "<submit><application><names><surname>A</surname></names><names><surnam/></names>";
  ExpectCommandField(MinistryFormat::kXml, xml(names), "submit.application.names[1].surnam");
}

TEST(CommandText, WhatTheNodeNeedNotSayIsCheckedHere) {
  const auto json = [](const std::string& text) { return text; };
  ExpectCommandField(MinistryFormat::kJson, json("{}"), "command");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"submit": {}})"), "file_number");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"fileNumber": "A B", "submit": {}})"), "file_number");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"fileNumber": "1", "submit": {"requestedAgency": "x"}})"),
                     "submit.requested_agency");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"act": {"step": {}}})"), "file_number");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"act": {"caseId": "1"}})"), "act.case_id");
  ExpectCommandField(MinistryFormat::kJson, json(R"({"fileNumber": "1", "act": {"step": {}}})"), "act.step.kind");
  const std::string step = R"({"fileNumber": "1", "act": {"step": {"kind": "READMISSION_STEP_KIND_ACCEPT", %}}})";
  const auto with = [&](const std::string& more) { return absl::StrReplaceAll(step, {{"%", more}}); };
  ExpectCommandField(MinistryFormat::kJson, with(R"("number": 1)"), "act.step.number");
  ExpectCommandField(MinistryFormat::kJson, with(R"("seen": 1)"), "act.step.seen");
  ExpectCommandField(MinistryFormat::kJson, with(R"("caseId": "1")"), "act.step.case_id");
  ExpectCommandField(MinistryFormat::kJson, with(R"("application": {"sex": "F"})"), "act.step.application.category");
  const std::string submit = absl::StrReplaceAll(Example("submit.json"), {{"\"KGZ\"]", "\"SECRET\"]"}});
  ExpectCommandField(MinistryFormat::kJson, submit, "submit.application.nationalities[0]");
}

void ExpectInSchema(const std::string& schema, const Descriptor& type, std::vector<const Descriptor*>& seen) {
  if (type.full_name() == "google.protobuf.Timestamp") return;
  for (const Descriptor* known : seen) {
    if (known == &type) return;
  }
  seen.push_back(&type);
  const size_t begin = schema.find(absl::StrCat("complexType name=\"", type.name(), "\""));
  ASSERT_NE(begin, std::string::npos) << type.name();
  const std::string part = schema.substr(begin, schema.find("</xs:complexType>", begin) - begin);
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    EXPECT_THAT(part, HasSubstr(absl::StrCat("element name=\"", field.camelcase_name(), "\""))) << type.name();
    if (field.message_type() != nullptr) ExpectInSchema(schema, *field.message_type(), seen);
    if (field.enum_type() == nullptr) continue;
    for (int value = 0; value < field.enum_type()->value_count(); ++value) {
      EXPECT_THAT(schema, HasSubstr(absl::StrCat("\"", field.enum_type()->value(value)->name(), "\"")));
    }
  }
}

TEST(CommandText, TheSchemaKnowsEveryField) {
  const std::string schema = Example("case_files.xsd");
  std::vector<const Descriptor*> seen;
  for (const Descriptor* type : {v1::MinistryCommand::descriptor(), v1::MinistryAcknowledgement::descriptor(),
                                 v1::MinistryError::descriptor(), v1::MinistryChange::descriptor()}) {
    ExpectInSchema(schema, *type, seen);
  }
}

TEST(CommandText, AnErrorIsToldByReasonFieldAndFix) {
  const v1::MinistryError error = ErrorRecordOf(InvalidField("a.b", "must be c"));
  EXPECT_EQ(error.reason(), "INVALID_FIELD");
  EXPECT_EQ(error.field(), "a.b");
  EXPECT_EQ(error.fix(), "a.b: must be c");
  EXPECT_EQ(ErrorRecordOf(absl::InternalError("x")).reason(), "INTERNAL");
}

}  // namespace
}  // namespace tamga::adapters
