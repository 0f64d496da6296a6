#include "policy/act.h"

#include "absl/strings/str_cat.h"
#include "certs/ed25519.h"
#include "node/base/encoding.h"
#include "node/base/matchers.h"
#include "policy/act_fixture.h"
#include "policy/document_fixture.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

std::string Denounce() { return InstrumentText("AAA", "2024-05-01", "denounce { treaty_id: \"SMALL\" }"); }

v1::SignedAct ActBy(const std::vector<std::string>& names) { return NextAct({}, "AAA", Denounce(), names); }

const v1::TreatyOffice kOffice = OfficeOf("AAA", {"ann", "ben", "cem"}, 2);

TEST(ActTest, IsSignedAsFiveLinesUnderItsType) {
  v1::SignedAct act = ActBy({});
  const std::string hash = HexEncode(Sha256(Denounce()));
  EXPECT_EQ(ActLines(act), absl::StrCat("tamga act v1\nAAA\n1\n-\n", hash, "\n"));
  EXPECT_EQ(ActSha256(act), HexEncode(Sha256(ActLines(act))));
  act.set_number(12);
  act.set_previous_sha256(SomeHash());
  EXPECT_EQ(ActLines(act), absl::StrCat("tamga act v1\nAAA\n12\n", SomeHash(), "\n", hash, "\n"));
  EXPECT_EQ(ActMessage(act), absl::StrCat("DSSEv1 28 application/vnd.tamga.act.v1 150 ", ActLines(act)));
}

TEST(ActTest, IsItsStatesOnceEnoughKeysHaveSigned) {
  ASSERT_OK_AND_ASSIGN(const VerifiedAct act, VerifyAct(ActBy({"ann", "cem"}), kOffice, IsSignature));
  EXPECT_EQ(act.state, "AAA");
  EXPECT_EQ(act.number, 1u);
  EXPECT_EQ(act.sha256, ActSha256(ActBy({})));
  EXPECT_EQ(act.instrument.denounce().treaty_id(), "SMALL");
  EXPECT_OK(VerifyAct(ActBy({"ben", "stranger", "cem", "ann"}), kOffice, IsSignature));
}

TEST(ActTest, MayBeSignedWithEd25519) {
  const auto key = certs::Ed25519Key::FromSeed(std::string(32, '\7')).value();
  v1::SignedAct act = ActBy({});
  act.add_signatures()->set_key(HexEncode(key.public_key()));
  act.mutable_signatures(0)->set_value(HexEncode(key.Sign(ActMessage(act))));
  v1::TreatyOffice office = OfficeOf("AAA", {"ann"}, 1);
  office.set_keys(0, HexEncode(key.public_key()));
  const auto check = [](absl::string_view public_key, absl::string_view message, absl::string_view signature) {
    return certs::VerifyEd25519(HexDecode(public_key).value(), message, HexDecode(signature).value());
  };
  EXPECT_OK(VerifyAct(act, office, check));
  act.mutable_instrument()->append("# more\n");
  EXPECT_THAT(VerifyAct(act, office, check), HasReason("ACT_SIGNATURE_INVALID"));
}

TEST(ActTest, IsRefusedWithoutSignatures) {
  const auto result = VerifyAct(ActBy({}), kOffice, IsSignature);
  EXPECT_THAT(result, HasReason("ACT_UNSIGNED"));
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("act 1 of AAA is not signed")));
}

TEST(ActTest, IsRefusedWhenStrangersSigned) {
  EXPECT_THAT(VerifyAct(ActBy({"stranger", "other"}), kOffice, IsSignature), HasReason("ACT_WRONG_KEY"));
}

TEST(ActTest, IsRefusedWhenTooFewSigned) {
  const auto result = VerifyAct(ActBy({"ann", "stranger"}), kOffice, IsSignature);
  EXPECT_THAT(result, HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("1 of the 2 keys")));
}

TEST(ActTest, CountsAKeyOnceHoweverOftenItSigned) {
  EXPECT_THAT(VerifyAct(ActBy({"ann", "ann"}), kOffice, IsSignature), HasReason("ACT_TOO_FEW_SIGNATURES"));
}

TEST(ActTest, IsRefusedWhenASignatureIsOverAnotherAct) {
  v1::SignedAct act = ActBy({"ann", "ben"});
  v1::SignedAct other = act;
  other.clear_signatures();
  other.set_instrument(InstrumentText("AAA", "2024-05-01", "denounce { treaty_id: \"LARGE\" }"));
  SignBy("ben", &other);
  *act.mutable_signatures(1) = other.signatures(0);
  EXPECT_THAT(VerifyAct(act, kOffice, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
}

TEST(ActTest, IsBoundToItsStateNumberPredecessorAndText) {
  const v1::SignedAct good = NextAct({3, SomeHash()}, "AAA", Denounce(), {"ann", "ben"});
  ASSERT_OK(VerifyAct(good, kOffice, IsSignature));
  v1::SignedAct act = good;
  act.set_number(5);
  EXPECT_THAT(VerifyAct(act, kOffice, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
  act = good;
  act.set_previous_sha256(SomeHash('b'));
  EXPECT_THAT(VerifyAct(act, kOffice, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
  act = good;
  act.mutable_instrument()->append("\n");
  EXPECT_THAT(VerifyAct(act, kOffice, IsSignature), HasReason("ACT_SIGNATURE_INVALID"));
  act = good;
  act.set_state("BBB");
  EXPECT_THAT(VerifyAct(act, OfficeOf("BBB", {"ann", "ben"}, 2), IsSignature), HasReason("ACT_SIGNATURE_INVALID"))
      << "a key that two States share does not carry an act from one to the other";
}

TEST(ActTest, IsRefusedUnderAnotherStatesOffice) {
  EXPECT_THAT(VerifyAct(ActBy({"ann", "ben"}), OfficeOf("BBB", {"ann", "ben"}, 2), IsSignature),
              HasReason("ACT_OTHER_STATE"));
}

TEST(ActTest, HoldsNoInstrumentOfAnotherState) {
  const v1::SignedAct act = NextAct({}, "AAA", Changed(Denounce(), "AAA", "BBB"), {"ann", "ben"});
  EXPECT_THAT(VerifyAct(act, kOffice, IsSignature), HasReason("ACT_OTHER_STATE"));
}

TEST(ActTest, HoldsAValidInstrument) {
  EXPECT_THAT(VerifyAct(NextAct({}, "AAA", "nonsense", {"ann", "ben"}), kOffice, IsSignature),
              HasReason("INSTRUMENT_INVALID"));
}

TEST(ActTest, IsNotParsedBeforeItIsKnownWhoSigned) {
  EXPECT_THAT(VerifyAct(NextAct({}, "AAA", "nonsense", {"stranger"}), kOffice, IsSignature),
              HasReason("ACT_WRONG_KEY"));
}

TEST(ActTest, IsRefusedWhenMalformed) {
  const v1::SignedAct good = ActBy({"ann", "ben"});
  const auto refused = [&](auto change) {
    v1::SignedAct act = good;
    change(&act);
    return VerifyAct(act, kOffice, IsSignature);
  };
  for (const auto& result :
       {refused([](v1::SignedAct* act) { act->set_state("AAA\n1"); }),
        refused([](v1::SignedAct* act) { act->set_state(""); }),
        refused([](v1::SignedAct* act) { act->set_number(0); }),
        refused([](v1::SignedAct* act) { act->set_number(2); }),
        refused([](v1::SignedAct* act) { act->set_previous_sha256(SomeHash()); }), refused([](v1::SignedAct* act) {
          act->set_number(2);
          act->set_previous_sha256(SomeHash('G'));
        }),
        refused([](v1::SignedAct* act) { act->mutable_signatures(0)->set_key("ann"); }),
        refused([](v1::SignedAct* act) { act->mutable_signatures(0)->mutable_key()->at(0) = 'F'; }),
        refused([](v1::SignedAct* act) { act->mutable_signatures(1)->mutable_value()->pop_back(); }),
        refused([](v1::SignedAct* act) { act->mutable_signatures(1)->clear_value(); }), refused([](v1::SignedAct* act) {
          while (act->signatures_size() < 65) *act->add_signatures() = act->signatures(0);
        })}) {
    EXPECT_THAT(result, HasReason("ACT_MALFORMED"));
  }
}

TEST(ActTest, ChangesKeysOnlyUnderTheOldAndTheNew) {
  const std::string change =
      InstrumentText("AAA", "2024-05-01",
                     absl::StrCat("change_keys { office { state: \"AAA\" keys: \"", KeyNamed("new"), "\" keys: \"",
                                  KeyNamed("newer"), "\" threshold: 2 } }"));
  const auto verify = [&](const std::vector<std::string>& names) {
    return VerifyAct(NextAct({}, "AAA", change, names), kOffice, IsSignature);
  };
  EXPECT_OK(verify({"ann", "ben", "new", "newer"}));
  EXPECT_THAT(verify({"new", "newer"}), HasReason("ACT_WRONG_KEY"));
  EXPECT_THAT(verify({"ann", "new", "newer"}), HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_THAT(verify({"ann", "ben", "new"}), HasReason("ACT_TOO_FEW_SIGNATURES"));
  const auto old_alone = verify({"ann", "ben"});
  EXPECT_THAT(old_alone, HasReason("ACT_WRONG_KEY"));
  EXPECT_THAT(old_alone, StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("under the new keys: ")));
}

// Who may not change the roots alone may not make an office that can either.
TEST(ActTest, ChangesKeysByTwoOfThemWhateverTheThreshold) {
  const std::string change =
      InstrumentText("AAA", "2024-05-01",
                     absl::StrCat("change_keys { office { state: \"AAA\" keys: \"", KeyNamed("new"), "\" keys: \"",
                                  KeyNamed("newer"), "\" threshold: 1 } }"));
  const v1::TreatyOffice one_of_two = OfficeOf("AAA", {"ann", "ben"}, 1);
  EXPECT_THAT(VerifyAct(NextAct({}, "AAA", change, {"ann", "new", "newer"}), one_of_two, IsSignature),
              HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_OK(VerifyAct(NextAct({}, "AAA", change, {"ann", "ben", "new"}), one_of_two, IsSignature));
  EXPECT_OK(VerifyAct(NextAct({}, "AAA", change, {"ann", "new"}), OfficeOf("AAA", {"ann"}, 1), IsSignature));
}

}  // namespace
}  // namespace tamga::policy
