// The auditor's bench over real nodes: what was exchanged is searched, watched, proven, opened and replayed with the
// command line; the evidence is checked when no node runs any more.
#include <sys/wait.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text.h"
#include "node/exchange/grpc_status.h"
#include "tamga/v1/approval_service.grpc.pb.h"
#include "tamga/v1/audit_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class AuditingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    ASSERT_OK(federation_->StartAll());
    ASSERT_NO_FATAL_FAILURE(WriteAnchors());
    v1::SubmitReadmissionRequest request = SampleSubmission(kKyrgyz);
    v1::SubmitReadmissionResponse response;
    const grpc::Status status = v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(kInterior), kInterior))
                                    ->SubmitReadmission(Patience().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    exchange_id_ = response.exchange().exchange_id();
  }

  std::string Path(const std::string& name) { return absl::StrCat(federation_->folder(kInterior), "/", name); }

  void WriteAnchors() {
    ASSERT_OK(WriteFile(Path("kaz.pem"), federation_->authority("KAZ").RootPem()));
    ASSERT_OK(WriteFile(Path("kgz.pem"), federation_->authority("KGZ").RootPem()));
    ASSERT_OK(WriteFile(Path("kaz.vkey"), federation_->log_vkey(kInterior)));
    ASSERT_OK(WriteFile(Path("kgz.vkey"), federation_->log_vkey(kKyrgyz)));
    WriteProfile("kaz", AuditorOf("KAZ"), kInterior);
    WriteProfile("kgz", AuditorOf("KGZ"), kKyrgyz);
  }

  void WriteProfile(const std::string& name, const certs::Principal& caller, const std::string& agency) {
    SystemRng rng;
    ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate files,
                         federation_->authority(caller.State()).Issue(caller, absl::Hours(1), absl::Now(), rng));
    ASSERT_OK(WriteFile(Path(name + "-caller.pem"), files.chain_pem));
    ASSERT_OK(WriteFile(Path(name + "-caller.key"), files.key_pem, 0600));
    ASSERT_OK(WriteFile(
        Path(name + ".profile"),
        absl::StrCat("node_address: \"", federation_->address(agency), "\"\nnode_agency: \"", agency,
                     "\"\ncertificate_file: \"", name, "-caller.pem\"\nkey_file: \"", name,
                     "-caller.key\"\ntrust { state: \"", StateOf(agency), "\" roots_file: \"", name, ".pem\" }\n")));
  }

  // Output and exit code.
  struct Ran {
    std::string output;
    int exit_code = -1;
  };
  Ran Tamga(const std::string& arguments) {
    Ran ran;
    FILE* pipe = ::popen(
        absl::StrCat("cd ", federation_->folder(kInterior), " && " TAMGA_BINARY " ", arguments, " 2>&1 </dev/null")
            .c_str(),
        "r");
    if (pipe == nullptr) return ran;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) ran.output += static_cast<char>(c);
    const int status = ::pclose(pipe);
    ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
  }

  std::string VerifyCommand(const std::string& bundle) {
    return absl::StrCat("audit verify-bundle ", bundle, " --trust KAZ=kaz.pem KGZ=kgz.pem --vkey ", kInterior,
                        "=kaz.vkey ", kKyrgyz, "=kgz.vkey --office KAZ=../treaties/offices/KAZ.txtpb",
                        " KGZ=../treaties/offices/KGZ.txtpb");
  }

  absl::Status Approve(const std::string& hash) {
    v1::ApproveRequestRequest request;
    request.set_request_sha256(HexDecode(hash).value_or(""));
    v1::ApproveRequestResponse response;
    const auto officer = federation_->Connect({kInterior, certs::Role::kOfficer, "4712"}, kInterior);
    return exchange::FromGrpc(
        v1::ApprovalService::NewStub(officer)->ApproveRequest(Patience().get(), request, &response));
  }

  std::unique_ptr<Federation> federation_;
  std::string exchange_id_;
};

TEST_F(AuditingTest, AnExchangeIsProvenByBothNodesWhenNoneOfThemRuns) {
  const Ran first = Tamga(absl::StrCat("--profile kgz.profile audit evidence ", exchange_id_, " --out kgz.evidence"));
  ASSERT_EQ(first.exit_code, 0) << first.output;
  const Ran second = Tamga(
      "--profile kaz.profile audit evidence --case-reference TEST-2026-001 --out both.evidence --merge kgz.evidence");
  ASSERT_EQ(second.exit_code, 0) << second.output;
  for (const char* agency : {kInterior, kKyrgyz}) EXPECT_EQ(federation_->node(agency).Terminate(), 0);
  const Ran verified = Tamga(VerifyCommand("both.evidence"));
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("(DELIVERED) agrees with entry"));
  EXPECT_THAT(verified.output, HasSubstr(" verified, 0 contradicted, 0 not verifiable"));
  // One's own word is not enough.
  const Ran alone = Tamga(VerifyCommand("kgz.evidence"));
  EXPECT_EQ(alone.exit_code, 0);
  EXPECT_THAT(alone.output, Not(HasSubstr(" 0 not verifiable")));
  ASSERT_OK_AND_ASSIGN(std::string bytes, ReadFile(Path("both.evidence"), 16u << 20));
  v1::EvidenceBundle bundle;
  ASSERT_TRUE(bundle.ParseFromString(bytes));
  std::string& entry = *bundle.mutable_exchanges(0)->mutable_entries(0)->mutable_entry();
  entry.back() = static_cast<char>(entry.back() ^ 1);
  ASSERT_OK(WriteFile(Path("forged.evidence"), bundle.SerializeAsString()));
  const Ran forged = Tamga(VerifyCommand("forged.evidence"));
  EXPECT_EQ(forged.exit_code, 1) << forged.output;
  EXPECT_THAT(forged.output, HasSubstr("contradicted"));
}

TEST_F(AuditingTest, EvidenceOfLastYearIsTiedToWhatTheNodeGivesNow) {
  const std::string evidence = absl::StrCat("--profile kaz.profile audit evidence ", exchange_id_);
  ASSERT_EQ(Tamga(evidence + " --out old.evidence").exit_code, 0);
  // Each reading is an entry.
  for (int i = 0; i < 6; ++i) ASSERT_EQ(Tamga("--profile kaz.profile audit list").exit_code, 0);
  const Ran merged = Tamga(evidence + " --out new.evidence --merge old.evidence");
  ASSERT_EQ(merged.exit_code, 0) << merged.output;
  const Ran verified = Tamga(VerifyCommand("new.evidence"));
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("entries begins with that over"));
  EXPECT_THAT(verified.output, Not(HasSubstr("do not lead from the one to the other")));
}

TEST_F(AuditingTest, TheLogIsSearchedCountedAndReplayedAndTheReadingIsLogged) {
  const std::string profile = "--profile kaz.profile ";
  for (const char* filter :
       {"--case-reference TEST-2026-001", "--operation READMISSION_SUBMIT", "--treaty READMISSION-KAZ-KGZ --kind SENT",
        "--record-kind READMISSION --outcome PERMITTED",
        "--asker spiffe://kaz.tamga/interior-ministry/system/test --officer 4711"}) {
    const Ran found = Tamga(absl::StrCat(profile, "audit list ", filter));
    EXPECT_EQ(found.exit_code, 0) << found.output;
    EXPECT_THAT(found.output, HasSubstr(exchange_id_)) << filter;
  }
  const Ran not_found = Tamga(profile + "audit list --case-reference TEST-2026-002");
  EXPECT_THAT(not_found.output, Not(HasSubstr(exchange_id_)));
  const Ran statistics = Tamga(profile + "audit statistics --treaty READMISSION-KAZ-KGZ");
  EXPECT_EQ(statistics.exit_code, 0) << statistics.output;
  EXPECT_THAT(statistics.output, HasSubstr("READMISSION-KAZ-KGZ art."));
  const Ran replayed = Tamga(profile + "audit replay --since 1h");
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  EXPECT_THAT(replayed.output, HasSubstr("0 do not, 0 cannot be replayed"));
  const Ran readings = Tamga(profile + "--output json audit list --kind READ");
  for (const char* method : {"ListEntries", "GetStatistics", "ListDecisions"}) {
    EXPECT_THAT(readings.output, HasSubstr(absl::StrCat("\"read\": \"", method, "\"")));
  }
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
}

TEST_F(AuditingTest, AMessageIsOpenedOnceAnOfficerAgreesAndFitsTheEvidence) {
  const std::string open = absl::StrCat("--profile kaz.profile audit open ", exchange_id_, " --partner ", kKyrgyz,
                                        " --entry SENT --case-reference AUDIT-7 --out opened.msg");
  const Ran refused = Tamga(open);
  EXPECT_EQ(refused.exit_code, 1) << refused.output;
  ASSERT_THAT(refused.output, HasSubstr("APPROVAL_REQUIRED"));
  constexpr absl::string_view kCommand = "tamga approval approve ";
  const size_t hash = refused.output.find(std::string(kCommand));
  ASSERT_NE(hash, std::string::npos) << refused.output;
  ASSERT_OK(Approve(refused.output.substr(hash + kCommand.size(), 64)));
  const Ran opened = Tamga(open);
  ASSERT_EQ(opened.exit_code, 0) << opened.output;
  EXPECT_THAT(Tamga(open + " --force").output, HasSubstr("APPROVAL_REQUIRED"));  // used up
  ASSERT_EQ(Tamga(absl::StrCat("--profile kaz.profile audit evidence ", exchange_id_, " --out kaz.evidence")).exit_code,
            0);
  const Ran verified = Tamga(VerifyCommand("kaz.evidence") + " --opened opened.msg");
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("as opened, is what its header commits to"));
  std::vector<v1::EntryKind> kinds;
  for (const v1::IndexedEntry& entry : EntriesOf(*federation_, kInterior, "KAZ")) kinds.push_back(entry.entry().kind());
  EXPECT_THAT(kinds, ElementsAre(v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED, v1::ENTRY_KIND_APPROVED,
                                 v1::ENTRY_KIND_OPENED));
}

TEST_F(AuditingTest, ATailSendsWhatIsLoggedAndEndsWhenTheNodeDrains) {
  const auto stub = v1::AuditService::NewStub(federation_->Connect(AuditorOf("KAZ"), kInterior));
  v1::TailEntriesRequest request;
  request.set_from_index(0);
  grpc::ClientContext context;
  const auto stream = stub->TailEntries(&context, request);
  std::vector<v1::EntryKind> kinds;
  v1::TailEntriesResponse response;
  while (kinds.size() < 3 && stream->Read(&response)) kinds.push_back(response.entry().entry().kind());
  EXPECT_THAT(kinds, ElementsAre(v1::ENTRY_KIND_SENT, v1::ENTRY_KIND_DELIVERED, v1::ENTRY_KIND_READ));
  v1::ListEntriesResponse listed;
  ASSERT_TRUE(stub->ListEntries(Patience().get(), {}, &listed).ok());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.entry().entry().read(), "ListEntries");
  EXPECT_EQ(federation_->node(kInterior).Terminate(), 0);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(exchange::FromGrpc(stream->Finish()), HasReason("SHUTTING_DOWN"));
}

}  // namespace
}  // namespace tamga::testing
