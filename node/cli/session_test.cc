#include "node/cli/session.h"

#include "google/protobuf/util/json_util.h"
#include "node/base/error.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SessionTest : public NodeTest {};

TEST_F(SessionTest, PrintsWhatTheNodeAnswers) {
  ASSERT_EQ(RunAsCaller({"node", "status"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("KAZ/border-service"));
  EXPECT_THAT(out(), HasSubstr("KGZ/interior-ministry"));
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(SessionTest, TheStatusShowsWhichCertificateEndsSoon) {
  ASSERT_EQ(RunAsCaller({"node", "status"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("spiffe://kaz.tamga/border-service/node/main"));
  EXPECT_THAT(out(), HasSubstr("ALARM"));
  EXPECT_THAT(out(), HasSubstr("root (trusted_until)"));
}

TEST_F(SessionTest, MetricsAreGivenAsTheyAre) {
  ASSERT_EQ(RunAsCaller({"node", "metrics"}), 0) << err();
  EXPECT_EQ(out(), "tamga_log_entries 17\n");
}

TEST_F(SessionTest, JsonIsTheResponseItself) {
  ASSERT_EQ(RunAsCaller({"node", "status", "--output", "json"}), 0) << err();
  v1::GetNodeStatusResponse response;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(out(), &response).ok()) << out();
  EXPECT_EQ(response.partners(0).outbox(), 3u);
}

TEST_F(SessionTest, ARefusalEndsWithOneAndKeepsItsReason) {
  admin_.status = Error(absl::StatusCode::kPermissionDenied, "WRONG_ROLE", "GetNodeStatus is for the role operator");
  EXPECT_EQ(RunAsCaller({"node", "status"}), 1);
  EXPECT_THAT(err(), HasSubstr("reason: WRONG_ROLE"));
  EXPECT_THAT(err(), HasSubstr("next: use a profile whose certificate has the role"));
  EXPECT_THAT(out(), IsEmpty());
}

TEST_F(SessionTest, AProgramThatServesSomethingElseIsNamedAsThat) {
  EXPECT_NE(RunAsCaller({"pki", "token", "--agency", "KAZ/border-service", "--out", Path("token")}), 0);
  EXPECT_THAT(err(), HasSubstr("does not serve this"));
}

TEST_F(SessionTest, AnAddressWhereNobodyAnswersEndsWithThree) {
  TearDown();
  EXPECT_EQ(RunAsCaller({"node", "status"}), 3);
  EXPECT_THAT(err(), HasSubstr("no answer from the node of KAZ/border-service at " + address_));
  EXPECT_THAT(err(), HasSubstr("certificate"));
}

TEST_F(SessionTest, ANodeOfAnotherAgencyIsNotTrusted) {
  ASSERT_EQ(Run({"node", "profile", "--out", Path("other.txtpb"), "--node-agency", "KAZ/interior-ministry", "--address",
                 address_, "--certificate", Path("lane-7/lane-7.pem"), "--key", Path("lane-7/lane-7.key"), "--trust",
                 "KAZ=" + Path("kaz/root.pem")}),
            0);
  EXPECT_EQ(Run({"node", "status", "--profile", Path("other.txtpb")}), 3);
  EXPECT_THAT(err(), HasSubstr("expected the node of KAZ/interior-ministry"));
}

TEST_F(SessionTest, ACertificateThatTheNodeDoesNotKnowEndsWithThreeAndAHint) {
  ASSERT_EQ(Run({"pki", "state", "--state", "KAZ", "--out", Path("other")}), 0);
  ASSERT_EQ(Run({"pki", "system", "--authority", Path("other"), "--agency", "KAZ/border-service", "--name", "lane-9",
                 "--out", Path("lane-9")}),
            0);
  ASSERT_EQ(Run({"node", "profile", "--out", Path("lane-9.txtpb"), "--node-agency", "KAZ/border-service", "--address",
                 address_, "--certificate", Path("lane-9/lane-9.pem"), "--key", Path("lane-9/lane-9.key"), "--trust",
                 "KAZ=" + Path("kaz/root.pem")}),
            0);
  EXPECT_EQ(Run({"node", "status", "--profile", Path("lane-9.txtpb")}), 3);
  EXPECT_THAT(err(), HasSubstr("a node that refuses a certificate just closes the connection"));
}

}  // namespace
}  // namespace tamga::cli
