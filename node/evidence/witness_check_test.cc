#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"
#include "node/evidence/bundle_check.h"
#include "node/evidence/test_log.h"
#include "node/ledger/cosignature.h"

namespace tamga::evidence {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAgency[] = "KAZ/interior-ministry";

auto IsCosigned(Verdict verdict, const std::string& why) {
  return AllOf(Field(&Finding::what, HasSubstr("is cosigned as the policy asks")), Field(&Finding::verdict, verdict),
               Field(&Finding::why, HasSubstr(why)));
}

// A bundle of a log with one entry, and two witnesses, one of which has to cosign.
class WitnessCheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_.Append("entry");
    note_ = ledger::ParseNote(log_.NoteAt(1)).value();
    anchors_.logs = {{kAgency, log_.key()}};
  }

  static certs::Ed25519Key KeyOf(char seed) { return certs::Ed25519Key::FromSeed(std::string(32, seed)).value(); }
  static ledger::NoteKey WitnessKey(char seed) {
    return {absl::StrCat("witness.", std::string(1, seed)), KeyOf(seed).public_key(), ledger::kCosignature};
  }
  void Cosign(char seed) {
    const certs::Ed25519Key key = KeyOf(seed);
    note_.signatures.push_back(ledger::Cosign(note_.text, WitnessKey(seed), 1'795'000'000,
                                              [&](absl::string_view text) { return key.Sign(text); }));
  }

  void SetPolicy(const std::string& quorum, const ledger::NoteKey& log) {
    anchors_.policies = {ledger::ParseTlogPolicy(absl::StrCat("log ", ledger::FormatVkey(log), "\nwitness a ",
                                                              ledger::FormatVkey(WitnessKey('a')), "\nwitness b ",
                                                              ledger::FormatVkey(WitnessKey('b')), "\n", quorum, "\n"))
                             .value()};
  }

  std::vector<Finding> Check() {
    v1::EvidenceBundle bundle;
    v1::LogEvidence& evidence = *bundle.add_logs();
    evidence.set_agency(kAgency);
    evidence.set_vkey(ledger::FormatVkey(log_.key()));
    evidence.set_checkpoint(ledger::FormatNote(note_));
    return CheckBundle(bundle, anchors_, {});
  }

  TestLog log_;
  ledger::Note note_;
  Anchors anchors_;
};

constexpr char kAny[] = "group any-one any a b\nquorum any-one";
constexpr char kBoth[] = "group both all a b\nquorum both";

TEST_F(WitnessCheckTest, AQuorumIsCountedByThePolicyOfWhoeverChecks) {
  Cosign('a');
  SetPolicy(kAny, log_.key());
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kVerified, "witnessed by 1 of 2 (a), quorum met")));
  SetPolicy(kBoth, log_.key());
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kNotWitnessed,
                                           "witnessed by 1 of 2 (a), quorum not met: b did not cosign")));
  Cosign('b');
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kVerified, "witnessed by 2 of 2 (a, b), quorum met")));
}

TEST_F(WitnessCheckTest, WithoutCosignaturesThereIsNoQuorumUnlessThePolicyAsksForNone) {
  SetPolicy(kAny, log_.key());
  EXPECT_THAT(Check(),
              Contains(IsCosigned(Verdict::kNotWitnessed, "witnessed by 0 of 2, quorum not met: a, b did not cosign")));
  SetPolicy("quorum none", log_.key());
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kVerified, "the policy asks for none")));
}

TEST_F(WitnessCheckTest, AFalseCosignatureContradicts) {
  Cosign('a');
  note_.signatures.back().signature.back() ^= 1;
  SetPolicy(kAny, log_.key());
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kContradicted, "does not verify")));
}

TEST_F(WitnessCheckTest, WithoutAPolicyForTheLogNothingIsShown) {
  Cosign('a');
  EXPECT_THAT(Check(), Not(Contains(Field(&Finding::what, HasSubstr("is cosigned")))));
  SetPolicy(kAny, TestLog("log.other.example", 'o').key());
  EXPECT_THAT(Check(), Contains(IsCosigned(Verdict::kNotVerifiable, "no policy was given for this log")));
}

}  // namespace
}  // namespace tamga::evidence
