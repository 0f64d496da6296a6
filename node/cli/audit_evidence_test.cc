#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/cli/test_cli.h"
#include "node/cli/test_log.h"
#include "node/ledger/tlog_proof.h"
#include "node/timestamp/test_authority.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAgency[] = "KAZ/border-service";

// Keys are made once for the test program.
const timestamp::TestTsa& Tsa() {
  static const timestamp::TestTsa tsa;
  return tsa;
}

// A bundle of no more than a log's checkpoint.
class AuditEvidenceTest : public CliTest {
 protected:
  void SetUp() override {
    log_.Append("0");
    ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(log_.key())));
    v1::LogEvidence& log = *bundle_.add_logs();
    bundle_.set_version(1);
    log.set_agency(kAgency);
    log.set_vkey(ledger::FormatVkey(log_.key()));
    log.set_checkpoint(log_.Checkpoint(1));
    ASSERT_NO_FATAL_FAILURE(WriteBundle());
  }

  void WriteBundle() { ASSERT_OK(WriteFile(Path("bundle"), bundle_.SerializeAsString())); }

  int Verify(const std::vector<std::string>& options, const std::vector<std::string>& settings = {}) {
    std::vector<std::string> arguments = settings;
    arguments.insert(arguments.end(), {"audit", "verify-bundle", Path("bundle")});
    arguments.insert(arguments.end(), options.begin(), options.end());
    return Run(arguments);
  }
  std::string Vkey(const std::string& agency = kAgency) const { return absl::StrCat(agency, "=", Path("vkey")); }

  TestLog log_;
  v1::EvidenceBundle bundle_;
};

TEST_F(AuditEvidenceTest, WhatIsShownEndsWithZero) {
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("the checkpoint of KAZ/border-service is signed by its log"));
  EXPECT_THAT(err(), HasSubstr("1 verified, 0 contradicted, "));
}

TEST_F(AuditEvidenceTest, WithoutAnythingToCheckByNothingIsChecked) {
  EXPECT_EQ(Verify({}), 2);
  EXPECT_THAT(err(), HasSubstr("reason: NO_ANCHORS"));
  EXPECT_THAT(out(), IsEmpty());
}

TEST_F(AuditEvidenceTest, AMistypedAgencyOrAnotherLogsKeyIsAMistakeAndNoContradiction) {
  EXPECT_EQ(Verify({"--vkey", Vkey("KAZ/border-servce")}), 2);
  EXPECT_THAT(err(), HasSubstr("the bundle has nothing of KAZ/border-servce; it has to do with KAZ/border-service"));
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey({"log.other.example", log_.key().public_key})));
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 2);
  EXPECT_THAT(err(), HasSubstr("the key given for KAZ/border-service is of the log log.other.example"));
  ASSERT_OK(WriteFile(Path("bundle"), "cut off"));
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 2);
  EXPECT_THAT(err(), HasSubstr("reason: BUNDLE_INVALID"));
}

TEST_F(AuditEvidenceTest, AContradictionEndsWithOne) {
  bundle_.mutable_logs(0)->set_checkpoint(TestLog('x').Checkpoint(0));
  ASSERT_NO_FATAL_FAILURE(WriteBundle());
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 1);
  EXPECT_THAT(err(), HasSubstr("reason: EVIDENCE_CONTRADICTED"));
}

TEST_F(AuditEvidenceTest, APolicyThatIsNotMetEndsWithOne) {
  const ledger::NoteKey witness{"witness.example", std::string(32, 'w'), ledger::kCosignature};
  ASSERT_OK(WriteFile(Path("policy"), absl::StrCat("witness w ", ledger::FormatVkey(witness), "\nquorum w\n")));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--policy", Path("policy")}), 1);
  EXPECT_THAT(out(), HasSubstr("witnessed by 0 of 1, quorum not met"));
  EXPECT_THAT(err(), AllOf(HasSubstr(", 1 not witnessed"), HasSubstr("reason: EVIDENCE_NOT_WITNESSED")));
  ASSERT_OK(WriteFile(Path("policy"), "quorum none\n"));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--policy", Path("policy")}), 0) << err();
  ASSERT_OK(WriteFile(Path("policy"), "quorum nobody\n"));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--policy", Path("policy")}), 2);
}

TEST_F(AuditEvidenceTest, TimeStampsAreJudgedByTheRootsThatAreBrought) {
  v1::TimeStampEvidence& stamp = *bundle_.mutable_logs(0)->add_timestamps();
  stamp.set_checkpoint(log_.Checkpoint(1));
  stamp.set_token(Tsa().Stamp(Sha256(stamp.checkpoint()), certs::TestNow()));
  ASSERT_NO_FATAL_FAILURE(WriteBundle());
  ASSERT_OK(WriteFile(Path("tsa.pem"), Tsa().RootPem()));
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("no roots of a time-stamp authority were given (--tsa-roots)"));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--tsa-roots", Path("tsa.pem")}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("the log of KAZ/border-service over 1 entries was time-stamped"),
                           HasSubstr("at 2026-11-23T12:00:00")));
  EXPECT_THAT(err(), HasSubstr("2 verified, 0 contradicted, "));
  stamp.set_token(Tsa().Stamp(Sha256("another log"), certs::TestNow()));
  ASSERT_NO_FATAL_FAILURE(WriteBundle());
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--tsa-roots", Path("tsa.pem")}), 1);
  EXPECT_THAT(out(), HasSubstr("the time-stamp is of other bytes"));
}

TEST_F(AuditEvidenceTest, RootsOfATimeStampAuthorityThatAreNoneAreAMistake) {
  ASSERT_OK(WriteFile(Path("tsa.pem"), "hello"));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--tsa-roots", Path("tsa.pem")}), 2);
  EXPECT_THAT(err(), HasSubstr("--tsa-roots: "));
  ASSERT_OK(
      WriteFile(Path("tsa.pem"), Tsa().IssueAnother(timestamp::TsaCertificate(certs::TestNow())).certificate.Pem()));
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--tsa-roots", Path("tsa.pem")}), 2);
  EXPECT_THAT(err(), HasSubstr("not a self-signed root"));
}

TEST_F(AuditEvidenceTest, ProgramsGetFindingsAndCounts) {
  EXPECT_EQ(Verify({"--vkey", Vkey()}, {"--output", "json"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("\"findings\": ["), HasSubstr("\"exchange\": \"\", \"verdict\": \"verified\""),
                           HasSubstr("\"counts\": ["), HasSubstr("\"verified\": \"1\"")));
}

TEST_F(AuditEvidenceTest, WhatItsEntriesSayIsShown) {
  v1::LogEntry entry;
  entry.set_kind(v1::ENTRY_KIND_RECEIVED);
  entry.set_partner("KGZ/interior-ministry");
  v1::EntryEvidence& evidence = *bundle_.add_exchanges()->add_entries();
  evidence.set_agency(kAgency);
  evidence.set_entry(entry.SerializeAsString());
  evidence.set_proof(ledger::FormatTlogProof({"", 7, {}, log_.Checkpoint(1)}));
  ASSERT_NO_FATAL_FAILURE(WriteBundle());
  EXPECT_EQ(Run({"audit", "show-bundle", Path("bundle")}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("ENTRY 7 OF THE LOG OF KAZ/border-service"), HasSubstr("KGZ/interior-ministry")));
  evidence.set_proof("none");
  ASSERT_NO_FATAL_FAILURE(WriteBundle());
  EXPECT_EQ(Run({"audit", "show-bundle", Path("bundle")}), 2);
}

TEST_F(AuditEvidenceTest, AnotherKeyThanTheBundleNamesIsAMistakeAndNoContradiction) {
  ASSERT_OK(WriteFile(Path("vkey"), ledger::FormatVkey(TestLog('x').key())));
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("the keys differ: "), HasSubstr("reason: INVALID_FIELD")));
  EXPECT_THAT(out(), IsEmpty());
}

TEST_F(AuditEvidenceTest, FilesThatAreEmptyAreSaidToBe) {
  EXPECT_EQ(Verify({"--vkey", Vkey(), "--opened", "/dev/null"}), 2);
  EXPECT_THAT(err(), HasSubstr("/dev/null holds no sealed message"));
  ASSERT_OK(WriteFile(Path("bundle"), ""));
  EXPECT_EQ(Verify({"--vkey", Vkey()}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("bundle is empty"), HasSubstr("reason: BUNDLE_INVALID")));
}

TEST_F(AuditEvidenceTest, EvidenceIsOfOneExchangeOrOfOneCase) {
  EXPECT_EQ(Run({"audit", "evidence", "--out", Path("new")}), 2);
  EXPECT_THAT(err(), HasSubstr("name an exchange, or --case-reference"));
  EXPECT_EQ(
      Run({"audit", "evidence", "018f3c2e-7000-7000-8000-000000000000", "--case-reference", "1", "--out", Path("new")}),
      2);
  EXPECT_THAT(err(), HasSubstr("not both"));
}

}  // namespace
}  // namespace tamga::cli
