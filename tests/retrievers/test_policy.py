"""The policy over actions: groups, clipping, imitation where a draw failed, and bandits with a known best action."""

import numpy as np
import pytest

from itemvec.core.arrays import Doubles
from itemvec.retrievers.policy import (
    Grpo,
    advantages,
    divergence,
    failed,
    imitation,
    probabilities,
    surrogate,
    teacher,
)

ONE = np.ones((1, 1))
BANDIT = np.array([[0.2, 0.5, 0.9, 0.3]])


def test_a_bandit_finds_its_best_action(rng: np.random.Generator) -> None:
    weights = Grpo().train(ONE, BANDIT, rng)
    assert probabilities(weights, ONE)[0, 2] > 0.95


def test_the_best_action_is_told_by_the_features_of_a_query(rng: np.random.Generator) -> None:
    features = np.column_stack([np.ones(40), np.repeat([-1.0, 1.0], 20)])
    rewards = np.zeros((40, 3))
    rewards[:20, 1] = rewards[20:, 2] = 1.0
    policy = probabilities(Grpo().train(features, rewards, rng), features)
    assert policy[:20, 1].min() > 0.95
    assert policy[20:, 2].min() > 0.95


def test_features_of_any_mean_and_size_are_learnt(rng: np.random.Generator) -> None:
    """The second feature is 1,000 or 1,002, the third always 7; the weights are for these as they are."""
    features = np.column_stack([np.ones(40), np.repeat([1000.0, 1002.0], 20), np.full(40, 7.0)])
    rewards = np.zeros((40, 2))
    rewards[:20, 0] = rewards[20:, 1] = 1.0
    policy = probabilities(Grpo().fit(features, rewards, rng), features)
    assert (policy.argmax(axis=1) == np.repeat([0, 1], 20)).all()
    assert policy.max(axis=1).min() > 0.95


def test_expected_reward_rises(rng: np.random.Generator) -> None:
    """Enumerated over all actions: more steps expect more, for steps that are small."""
    expected = [
        float((probabilities(Grpo(steps=steps, learning_rate=0.05).train(ONE, BANDIT, rng), ONE) * BANDIT).sum())
        for steps in (1, 10, 40, 160)
    ]
    assert expected == sorted(expected)
    assert expected[0] > BANDIT.mean()


def test_advantages_by_hand_sum_to_zero() -> None:
    found = advantages(np.array([[0.0, 1.0, 1.0, 0.0], [0.1, 0.2, 0.3, 0.9]]))
    deviation = (4 * 0.25 / 3) ** 0.5
    assert found[0].tolist() == pytest.approx([sign * 0.5 / (deviation + 1e-6) for sign in (-1, 1, 1, -1)])
    assert found.sum(axis=1) == pytest.approx([0, 0], abs=1e-12)


def old() -> tuple[Doubles, np.ndarray]:
    return np.array([[0.1, 0.2, 0.7]]), np.array([[0, 1, 1, 2]])


def test_a_group_of_equal_rewards_moves_nothing(rng: np.random.Generator) -> None:
    policy, drawn = old()
    assert not surrogate(policy, policy, drawn, advantages(np.full((1, 4), 0.7)), 0.2).any()
    assert np.abs(Grpo().train(ONE, np.full((1, 4), 0.7), rng)).max() < 1e-8  # 0.7 has no exact mean


def test_a_clip_of_zero_moves_nothing(rng: np.random.Generator) -> None:
    policy, drawn = old()
    assert not surrogate(policy, policy, drawn, advantages(np.array([[0.0, 1.0, 0.5, 0.2]])), 0.0).any()
    assert not Grpo(clip=0.0).train(ONE, BANDIT, rng).any()


def test_the_gradient_is_that_of_the_clipped_objective() -> None:
    """By finite differences, where one draw is past the clip on each side, and so counts for nothing."""
    _, drawn = old()
    before, advantage = np.array([[0.3, 0.3, 0.4]]), np.array([[1.0, -0.5, 0.7, 2.0]])
    logits = np.log(np.array([[0.5, 0.31, 0.19]]))  # 0.5 / 0.3 is past 1.2, and its draw was good

    def objective(logits: Doubles) -> float:
        ratio = (np.exp(logits) / np.exp(logits).sum())[0, drawn] / before[0, drawn]
        return float(np.minimum(ratio * advantage, np.clip(ratio, 0.8, 1.2) * advantage).mean())

    policy = np.exp(logits) / np.exp(logits).sum()
    found = surrogate(policy, before, drawn, advantage, 0.2)
    for action in range(3):
        step = np.zeros((1, 3))
        step[0, action] = 1e-6
        slope = (objective(logits + step) - objective(logits - step)) / 2e-6
        assert found[0, action] == pytest.approx(slope, abs=1e-6)


def test_divergence_is_that_of_kullback_and_leibler() -> None:
    logits, before = np.array([[0.3, -0.2, 0.9]]), np.array([[0.2, 0.5, 0.3]])

    def apart(logits: Doubles) -> float:
        policy = np.exp(logits) / np.exp(logits).sum()
        return float((policy * np.log(policy / before)).sum())

    found = divergence(np.exp(logits) / np.exp(logits).sum(), before)
    slopes = [(apart(logits + 1e-6 * step) - apart(logits - 1e-6 * step)) / 2e-6 for step in np.eye(3)]
    assert found[0] == pytest.approx(slopes, abs=1e-6)


def test_imitation_is_for_failures_only() -> None:
    """The mask is zero from a reward of 0.1 on."""
    rewards = np.array([[0.0, 0.0999, 0.1, 0.9]])
    assert failed(rewards).tolist() == [[True, True, False, False]]
    found = imitation(rewards, np.full((1, 4), 0.5), np.full((1, 4), 0.25))
    assert found[0].tolist() == pytest.approx([np.log(2), np.log(2), 0, 0])


def test_the_teacher_is_the_best_action_smoothed() -> None:
    found = teacher(np.array([[0.0, 1.0, 0.9]]))[0]
    assert found.tolist() == pytest.approx(np.exp([0, 10, 9]) / np.exp([0, 10, 9]).sum())


def test_a_student_far_off_finds_the_rare_reward_sooner_by_its_teacher() -> None:
    """Only action 3 has a reward, and the student takes it once in 150 draws; eight seeds, in pairs."""
    rewards, far = np.array([[0.0, 0.0, 0.0, 1.0]]), np.array([[5.0], [0.0], [0.0], [0.0]])
    plain, taught = (
        np.array(
            [
                probabilities(Grpo(beta=beta, steps=40).train(ONE, rewards, np.random.default_rng(seed), far), ONE)
                for seed in range(8)
            ]
        )[:, 0, 3]
        for beta in (0.0, 0.1)
    )
    assert (taught > plain).all()
    assert taught.min() > 0.9 > 0.1 > np.median(plain)
