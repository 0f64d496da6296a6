// Two real nodes without a line between them: a case is opened and answered by files that a courier carries, and proven
// as if it had crossed a line.
#include <sys/wait.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/text.h"
#include "tamga/v1/admin_service.grpc.pb.h"
#include "tamga/v1/readmission_service.grpc.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

using ::testing::HasSubstr;

// Where nobody listens.
constexpr char kNowhere[] = "127.0.0.1:1";

class CourierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    federation_ = MakeFederation(TAMGA_NODE_BINARY, TAMGA_SOURCE_DIR, {kInterior, kKyrgyz});
    ASSERT_NE(federation_, nullptr);
    const std::string kazakh_key = MakeKey("kaz-courier.key");
    const std::string kyrgyz_key = MakeKey("kgz-courier.key");
    Connect(kInterior, "kaz-courier.key", kyrgyz_key, false);
    Connect(kKyrgyz, "kgz-courier.key", kazakh_key, false);
    ASSERT_OK(federation_->StartAll());
    ASSERT_NO_FATAL_FAILURE(WriteAnchors());
  }

  std::string Path(const std::string& name) { return absl::StrCat(federation_->folder(kInterior), "/", name); }

  // The public half.
  std::string MakeKey(const std::string& name) {
    const Ran ran = Tamga(absl::StrCat("--quiet courier key ", name));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    return std::string(absl::StripAsciiWhitespace(ran.output));
  }

  // The line is there or not; before the node is started.
  void Connect(const std::string& agency, const std::string& key_name, const std::string& partner_key, bool line) {
    v1::NodeConfig config = federation_->config(agency);
    config.set_courier_key_file(Path(key_name));
    v1::Partner& partner = *config.mutable_partners(0);
    if (!partner_key.empty()) partner.set_courier_key(partner_key);
    partner.set_address(line ? federation_->address(partner.agency()) : kNowhere);
    ASSERT_OK(federation_->Reconfigure(agency, config));
  }

  void WriteAnchors() {
    ASSERT_OK(WriteFile(Path("kaz.pem"), federation_->authority("KAZ").RootPem()));
    ASSERT_OK(WriteFile(Path("kgz.pem"), federation_->authority("KGZ").RootPem()));
    ASSERT_OK(WriteFile(Path("kaz.vkey"), federation_->log_vkey(kInterior)));
    ASSERT_OK(WriteFile(Path("kgz.vkey"), federation_->log_vkey(kKyrgyz)));
    WriteProfile("kaz-auditor", AuditorOf("KAZ"), kInterior);
    WriteProfile("kgz-auditor", AuditorOf("KGZ"), kKyrgyz);
    WriteProfile("kaz-operator", OperatorOf(kInterior), kInterior);
    WriteProfile("kgz-operator", OperatorOf(kKyrgyz), kKyrgyz);
  }

  void WriteProfile(const std::string& name, const certs::Principal& caller, const std::string& agency) {
    SystemRng rng;
    ASSERT_OK_AND_ASSIGN(const certs::KeyAndCertificate files,
                         federation_->authority(caller.State()).Issue(caller, absl::Hours(1), absl::Now(), rng));
    ASSERT_OK(WriteFile(Path(name + "-caller.pem"), files.chain_pem));
    ASSERT_OK(WriteFile(Path(name + "-caller.key"), files.key_pem, 0600));
    ASSERT_OK(WriteFile(Path(name + ".profile"),
                        absl::StrCat("node_address: \"", federation_->address(agency), "\"\nnode_agency: \"", agency,
                                     "\"\ncertificate_file: \"", name, "-caller.pem\"\nkey_file: \"", name,
                                     "-caller.key\"\ntrust { state: \"", StateOf(agency), "\" roots_file: \"",
                                     absl::AsciiStrToLower(StateOf(agency)), ".pem\" }\n")));
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
  std::string MustRun(const std::string& arguments) {
    const Ran ran = Tamga(arguments);
    EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.output;
    return ran.output;
  }

  // The courier goes from the node of `from` to that of `to` with what waits, and back with the replies.
  void Carry(const std::string& from, const std::string& from_profile, const std::string& to,
             const std::string& to_profile, const std::string& name, int messages) {
    const std::string answered = absl::StrCat(": ", messages, " answered");
    MustRun(absl::StrCat("--profile ", from_profile, ".profile courier export --partner ", to, " --out ", name));
    EXPECT_THAT(MustRun(absl::StrCat("courier show ", name)), HasSubstr(from));
    EXPECT_THAT(MustRun(absl::StrCat("--profile ", to_profile, ".profile courier import ", name, " --replies ", name,
                                     ".replies")),
                HasSubstr(answered));
    EXPECT_THAT(MustRun(absl::StrCat("--profile ", from_profile, ".profile courier import ", name, ".replies")),
                HasSubstr(answered));
  }

  std::unique_ptr<v1::ReadmissionService::Stub> Desk(const std::string& agency) {
    return v1::ReadmissionService::NewStub(federation_->Connect(SystemOf(agency), agency));
  }

  v1::ReadmissionCase CaseAt(const std::string& agency, const std::string& case_id) {
    v1::GetReadmissionCaseRequest request;
    request.set_case_id(case_id);
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    v1::GetReadmissionCaseResponse response;
    const grpc::Status status = Desk(agency)->GetReadmissionCase(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.case_();
  }

  v1::SubmitReadmissionResponse Submit() {
    v1::SubmitReadmissionResponse response;
    const grpc::Status status =
        Desk(kInterior)->SubmitReadmission(Patience().get(), SampleSubmission(kKyrgyz), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
    return response;
  }

  v1::ActOnReadmissionCaseResponse Act(const std::string& case_id, v1::ReadmissionStepKind kind) {
    v1::ActOnReadmissionCaseRequest request;
    *request.mutable_context() = ContextFor(v1::PURPOSE_READMISSION);
    request.mutable_step()->set_case_id(case_id);
    request.mutable_step()->set_kind(kind);
    v1::ActOnReadmissionCaseResponse response;
    const grpc::Status status = Desk(kKyrgyz)->ActOnReadmissionCase(Patience().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.exchange().delivery_state(), v1::DELIVERY_STATE_QUEUED);
    return response;
  }

  int WaitingAt(const std::string& agency) {
    v1::ListOutboxResponse response;
    const auto admin = v1::AdminService::NewStub(federation_->Connect(OperatorOf(agency), agency));
    const grpc::Status status = admin->ListOutbox(Patience().get(), v1::ListOutboxRequest(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.items_size();
  }

  int CountEntries(const std::string& agency, v1::EntryKind kind) {
    int count = 0;
    for (const v1::IndexedEntry& indexed : EntriesOf(*federation_, agency, StateOf(agency))) {
      count += indexed.entry().kind() == kind ? 1 : 0;
    }
    return count;
  }

  // Both nodes' evidence about the exchange, checked by somebody who asks none of them.
  void ExpectProven(const std::string& exchange_id, const std::string& asker, const std::string& answerer) {
    const std::string name = absl::StrCat("evidence-", exchange_id);
    MustRun(
        absl::StrCat("--profile ", answerer, "-auditor.profile audit evidence ", exchange_id, " --out ", name, ".one"));
    MustRun(absl::StrCat("--profile ", asker, "-auditor.profile audit evidence ", exchange_id, " --out ", name,
                         ".both --merge ", name, ".one"));
    const std::string verified = MustRun(absl::StrCat(
        "audit verify-bundle ", name, ".both --trust KAZ=kaz.pem KGZ=kgz.pem --vkey ", kInterior, "=kaz.vkey ", kKyrgyz,
        "=kgz.vkey --office KAZ=../treaties/offices/KAZ.txtpb", " KGZ=../treaties/offices/KGZ.txtpb"));
    EXPECT_THAT(verified, HasSubstr("(DELIVERED) agrees with entry"));
    EXPECT_THAT(verified, HasSubstr(" verified, 0 contradicted, 0 not verifiable"));
  }

  std::unique_ptr<Federation> federation_;
};

TEST_F(CourierTest, ACaseIsOpenedAndAnsweredByFilesAndProvenLikeAnyOther) {
  const v1::SubmitReadmissionResponse submitted = Submit();
  const std::string case_id = submitted.case_().case_id();
  Carry(kInterior, "kaz-operator", kKyrgyz, "kgz-operator", "application", 1);
  EXPECT_EQ(CaseAt(kInterior, case_id).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(WaitingAt(kInterior), 0);

  // Two steps of one case, in their order, by one file.
  Act(case_id, v1::READMISSION_STEP_KIND_VERIFY);
  const v1::ActOnReadmissionCaseResponse accepted = Act(case_id, v1::READMISSION_STEP_KIND_ACCEPT);
  Carry(kKyrgyz, "kgz-operator", kInterior, "kaz-operator", "answer", 2);
  EXPECT_EQ(WaitingAt(kKyrgyz), 0);
  const v1::ReadmissionCase here = CaseAt(kInterior, case_id);
  const v1::ReadmissionCase there = CaseAt(kKyrgyz, case_id);
  EXPECT_EQ(here.state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(there.state(), v1::READMISSION_STATE_ACCEPTED);
  EXPECT_EQ(here.history_size(), there.history_size());

  ExpectProven(submitted.exchange().exchange_id(), "kaz", "kgz");
  ExpectProven(accepted.exchange().exchange_id(), "kgz", "kaz");
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

TEST_F(CourierTest, NothingDoublesWhenABundleIsImportedTwiceAndTheLineComesUp) {
  const std::string case_id = Submit().case_().case_id();
  MustRun(absl::StrCat("--profile kaz-operator.profile courier export --partner ", kKyrgyz, " --out application"));
  const std::string import = "--profile kgz-operator.profile courier import application --replies ";
  MustRun(import + "first.replies");
  MustRun(import + "second.replies");
  // A file that is there already is not written over; one that was altered is refused.
  EXPECT_NE(Tamga(import + "second.replies").exit_code, 0);
  ASSERT_OK_AND_ASSIGN(std::string bytes, ReadFile(Path("application")));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_OK(WriteFile(Path("altered"), bytes));
  const Ran altered = Tamga("--profile kgz-operator.profile courier import altered --replies altered.replies");
  EXPECT_NE(altered.exit_code, 0);
  EXPECT_THAT(altered.output, HasSubstr("BUNDLE_"));
  EXPECT_NE(Tamga("--profile kaz-auditor.profile courier import first.replies").exit_code, 0);  // not an auditor's

  // The line brings it once more, before the replies are back.
  for (const char* agency : {kInterior, kKyrgyz}) {
    EXPECT_EQ(federation_->node(agency).Terminate(), 0);
    Connect(agency, agency == std::string(kInterior) ? "kaz-courier.key" : "kgz-courier.key", "", true);
  }
  ASSERT_OK(federation_->StartAll());
  const std::string replies = "--profile kaz-operator.profile courier import ";
  MustRun(replies + "first.replies");
  EXPECT_THAT(MustRun(replies + "second.replies"), HasSubstr("0 answered"));
  EXPECT_EQ(WaitingAt(kInterior), 0);
  EXPECT_EQ(CaseAt(kInterior, case_id).state(), v1::READMISSION_STATE_RECEIVED);
  EXPECT_EQ(CountEntries(kInterior, v1::ENTRY_KIND_DELIVERED), 1);
  EXPECT_EQ(CountEntries(kKyrgyz, v1::ENTRY_KIND_ANSWERED), 1);
  v1::ListReadmissionCasesResponse cases;
  ASSERT_TRUE(Desk(kKyrgyz)->ListReadmissionCases(Patience().get(), v1::ListReadmissionCasesRequest(), &cases).ok());
  EXPECT_EQ(cases.cases_size(), 1);
  EXPECT_TRUE(Verify(*federation_, kInterior, "KAZ").intact());
  EXPECT_TRUE(Verify(*federation_, kKyrgyz, "KGZ").intact());
}

}  // namespace
}  // namespace tamga::testing
