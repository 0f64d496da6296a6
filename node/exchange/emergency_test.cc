// An emergency that an asker claims: it is sealed with the request, and both nodes decide by it.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/exchange/message.h"
#include "node/exchange/message_store.h"
#include "node/exchange/test_node.h"
#include "node/exchange/treaty_question.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::exchange {
namespace {

constexpr char kUrgent[] = R"text(grants {
  id: "urgent"
  cites: "1"
  scope {
    record_kinds: RECORD_KIND_READMISSION
    operations: OPERATION_READMISSION_SUBMIT
    purposes: PURPOSE_VICTIM_PROTECTION
  }
  when { attribute: ATTRIBUTE_EMERGENCY_GROUND any_of: "LIFE_AT_RISK" }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
}
)text";

class EmergencyTest : public ::testing::Test {
 protected:
  EmergencyTest() {
    kazakh_.AddPartner(kKyrgyz, std::make_unique<PeerFunction>([this](const v1::SealedMessage& request) {
                         EXPECT_TRUE(sent_.ParseFromString(request.header()));
                         return kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"}, request);
                       }),
                       kyrgyz_.log_key());
  }

  AskResult Claim(v1::EmergencyGround ground) {
    Outgoing question;
    question.caller = {kKazakh, certs::Role::kSystem, "test"};
    question.context.set_purpose(v1::PURPOSE_VICTIM_PROTECTION);
    question.context.set_case_reference("TEST-1");
    question.context.set_emergency_ground(ground);
    question.to = kKyrgyz;
    question.record_kind = v1::RECORD_KIND_READMISSION;
    question.operation = v1::OPERATION_READMISSION_SUBMIT;
    question.body = std::make_shared<v1::ReadmissionSubmission>();
    question.deadline = states_.clock.Now() + absl::Minutes(1);
    return kazakh_.asking().Ask(question);
  }

  // The facts by which the node decided about the message that the entry records.
  static policy::Facts FactsOf(TestNode& node, const MessageKey& key) {
    const auto sent = FindAndRead(node.parts().database, node.parts().vault, key);
    EXPECT_OK(sent);
    EXPECT_EQ(sent->kept.decisions_size(), 1);
    policy::Facts facts;
    for (const v1::FactValue& fact : sent->kept.decisions(0).facts()) facts.Set(fact);
    return facts;
  }

  TestStates states_{"", kUrgent};
  TestNode kazakh_{states_, kKazakh};
  TestNode kyrgyz_{states_, kKyrgyz};
  v1::MessageHeader sent_;
};

TEST_F(EmergencyTest, OpensWhatATreatyGrantsInAnEmergencyOnBothSides) {
  const AskResult result = Claim(v1::EMERGENCY_GROUND_LIFE_AT_RISK);
  ASSERT_OK(result.status);
  EXPECT_EQ(sent_.asker().emergency_ground(), v1::EMERGENCY_GROUND_LIFE_AT_RISK);
  const policy::Fact claimed = {2, v1::PROVENANCE_ASSERTED};
  EXPECT_EQ(FactsOf(kazakh_, {kKyrgyz, result.exchange_id, v1::ENTRY_KIND_SENT}).Get(v1::ATTRIBUTE_EMERGENCY_GROUND),
            claimed);
  EXPECT_EQ(
      FactsOf(kyrgyz_, {kKazakh, result.exchange_id, v1::ENTRY_KIND_RECEIVED}).Get(v1::ATTRIBUTE_EMERGENCY_GROUND),
      claimed);
}

TEST_F(EmergencyTest, IsNoneUnlessItIsClaimed) {
  EXPECT_THAT(Claim(v1::EMERGENCY_GROUND_UNSPECIFIED).status, HasReason("NO_GRANT"));
  EXPECT_THAT(Claim(v1::EMERGENCY_GROUND_SERIOUS_CRIME_IMMINENT).status, HasReason("NO_GRANT"));
  const policy::Question question = QuestionOf(states_.RequestHeader(kKazakh, kKyrgyz));
  EXPECT_EQ(question.facts.Get(v1::ATTRIBUTE_EMERGENCY_GROUND), (policy::Fact{1, v1::PROVENANCE_ASSERTED}));
}

TEST_F(EmergencyTest, ThatThisVersionDoesNotKnowIsRefused) {
  v1::MessageHeader header = states_.RequestHeader(kKazakh, kKyrgyz);
  header.mutable_asker()->set_emergency_ground(static_cast<v1::EmergencyGround>(99));
  EXPECT_FALSE(QuestionOf(header).facts.Get(v1::ATTRIBUTE_EMERGENCY_GROUND).known());
  EXPECT_THAT(kyrgyz_.answering().Answer({kKazakh, certs::Role::kNode, "main"},
                                         SealApplication(header, kazakh_.seal(), states_.rng)),
              HasReason("INVALID_HEADER"));
}

}  // namespace
}  // namespace tamga::exchange
